import Foundation
import Journeys
import LinearAlgebra

/// Maximises a log-likelihood of a few positive parameters by Newton's method in their logarithms.
///
/// Where the Hessian is not negative definite or a step gains nothing, the step is damped (Levenberg 1944; Marquardt
/// 1963). Newton's steps go on until rounding hides any further gain.
///
/// Parameters stay in a box. Some data, small ones above all, have no maximum at finite parameters: customers who are
/// all alike have no spread to estimate, and the likelihood only comes nearer to a limit. The search then ends at a
/// wall of the box or on the flat way to it, tries a second start, and names the parameters; values of the other
/// parameters and all predictions are those of the limit.
struct MaximumLikelihood {
  /// One parameter's name, where its search starts, and its unit: the walls are a million units away.
  struct Parameter {
    var name: String
    var start: Double
    var unit = 1.0

    static let reach = 1e6
    /// Beyond this the likelihood has no maximum that the rows could tell from infinity or 0.
    static let identified = 1e4
  }

  let model: String
  let parameters: [Parameter]
  let threads: Int

  private static let maximumIterations = 500
  private static let longestStep = 1.5

  private struct Place {
    /// ln θ.
    var logarithms: [Double]
    var derivatives: Derivatives
    /// Not held at a wall.
    var free: [Int]

    var point: [Double] { logarithms.map(exp) }
    var gradientNorm: Double { free.reduce(0) { max($0, abs(derivatives.gradient[$1])) } }
  }

  /// - Throws: `ModelError` `.notConverged`; `CancellationError`.
  func maximise(_ likelihood: some Likelihood) async throws -> LikelihoodFit {
    let starts = parameters.map { log($0.start) }
    let first = try await climb(likelihood, from: starts)
    if first.unidentified.isEmpty { return first }
    // Small samples may have a second maximum, at more spread.
    let second = try await climb(likelihood, from: zip(starts, parameters).map { $1.unit == 1 ? $0 - 1.5 : $0 })
    return second.logLikelihood > first.logLikelihood ? second : first
  }

  private func climb(_ likelihood: some Likelihood, from start: [Double]) async throws -> LikelihoodFit {
    var place = try await evaluate(likelihood, at: start)
    guard place.derivatives.value.isFinite else {
      throw ModelError(.untrainable, "\(model): the log-likelihood of these rows is not finite; check their units")
    }
    var damping = 0.0
    var iterations = 0
    search: while iterations < Self.maximumIterations, place.gradientNorm > 0 {
      let (step, gain) = newtonStep(from: place, damping: &damping)
      let next = try await evaluate(likelihood, at: zip(place.logarithms, step).map(+))
      iterations += 1
      // A promised gain below this is in the rounding noise of a sum of many terms, where only the gradient, whose
      // terms cancel at the maximum, still tells better from worse.
      let noise = 64 * Double.ulpOfOne * max(1, abs(place.derivatives.value))
      if gain <= noise {
        guard next.gradientNorm <= place.gradientNorm / 2 else { break search }
      } else if !(next.derivatives.value > place.derivatives.value) {
        damping = max(damping * 8, 1e-3)
        guard damping < 1e12 else { break search }
        continue
      }
      damping = damping < 1e-6 ? 0 : damping / 8
      place = next
    }
    guard iterations < Self.maximumIterations else {
      throw ModelError(
        .notConverged,
        "\(model): no maximum after \(iterations) iterations; check the units of the times, or take more customers")
    }
    return fit(place, iterations: iterations)
  }

  private func evaluate(_ likelihood: some Likelihood, at logarithms: [Double]) async throws -> Place {
    var inside = logarithms
    for (i, parameter) in parameters.enumerated() {
      let (low, high) = (parameter.unit / Parameter.reach, parameter.unit * Parameter.reach)
      inside[i] = min(max(logarithms[i], log(low)), log(high))
    }
    let point = inside.map(exp)
    let derivatives = likelihood.chunkwise(at: point)
    var total = Derivatives(parameters: parameters.count)
    try await inOrder(chunks: likelihood.chunks, threads: threads) {
      derivatives($0)
    } take: {
      total.add($0)
    }
    let sum = total.inLogarithms(at: point)
    let free = parameters.indices.filter { i in
      let wall = log(Parameter.reach)
      let distance = inside[i] - log(parameters[i].unit)
      return !(distance >= wall && sum.gradient[i] >= 0) && !(distance <= -wall && sum.gradient[i] <= 0)
    }
    return Place(logarithms: inside, derivatives: sum, free: free)
  }

  /// A step uphill, and what the quadratic model promises of it.
  private func newtonStep(from place: Place, damping: inout Double) -> (step: [Double], gain: Double) {
    let free = place.free
    let slope = free.map { place.derivatives.gradient[$0] }
    let largest = free.reduce(0) { max($0, abs(place.derivatives[$1, $1])) }
    while true {
      var curvature = information(place)
      for i in free.indices { curvature[i, i] += damping * largest }
      if let solution = try? Cholesky(curvature).solve(slope) {
        let length = solution.reduce(0) { max($0, abs($1)) }
        let scale = length > Self.longestStep ? Self.longestStep / length : 1
        var step = [Double](repeating: 0, count: parameters.count)
        var gain = 0.0
        for (i, parameter) in free.enumerated() {
          step[parameter] = scale * solution[i]
          gain += slope[i] * step[parameter] * (1 - scale / 2)
        }
        return (step, gain)
      }
      damping = max(damping * 8, 1e-3)
      if damping > 1e6 {
        // Only a Hessian that is no number comes here: the caller sees that the step gains nothing.
        return (Array(repeating: 0, count: parameters.count), 0)
      }
    }
  }

  /// Minus the Hessian of the free parameters.
  private func information(_ place: Place) -> Matrix {
    var result = Matrix(rows: place.free.count, columns: place.free.count)
    for (i, row) in place.free.enumerated() {
      for (j, column) in place.free.enumerated() { result[i, j] = -place.derivatives[row, column] }
    }
    return result
  }

  private func fit(_ place: Place, iterations: Int) -> LikelihoodFit {
    let point = place.point
    let unidentified = parameters.indices.filter {
      abs(place.logarithms[$0] - log(parameters[$0].unit)) > log(Parameter.identified)
    }
    var errors = [Double?](repeating: nil, count: parameters.count)
    var rest = place
    rest.free.removeAll(where: unidentified.contains)
    if let inverse = try? Cholesky(information(rest)).inverse() {
      // At the maximum the gradient vanishes, so that the covariance in θ is that in ln θ, scaled.
      for (i, parameter) in rest.free.enumerated() { errors[parameter] = point[parameter] * inverse[i, i].squareRoot() }
    }
    return LikelihoodFit(
      names: parameters.map(\.name), values: point, standardErrors: errors, logLikelihood: place.derivatives.value,
      gradientNorm: place.gradientNorm, iterations: iterations,
      unidentified: unidentified.map { parameters[$0].name })
  }
}

/// Where a log-likelihood is largest.
public struct LikelihoodFit: Sendable, Equatable {
  public var names: [String]
  public var values: [Double]
  /// Square roots of the diagonal of the inverse observed information, with the Hessian in closed form, given the
  /// unidentified parameters; nil for these and where the information is singular.
  public var standardErrors: [Double?]
  public var logLikelihood: Double
  /// The largest magnitude in the gradient by ln θ.
  public var gradientNorm: Double
  public var iterations: Int
  /// Parameters that the likelihood pushes towards 0 or infinity, as the rows hold no spread to estimate them from:
  /// their values say no more than that they are small or large.
  public var unidentified: [String]
}
