import Foundation
import Journeys
import LinearAlgebra

/// L2-regularised logistic regression, fitted by Newton's method (iteratively reweighted least squares).
///
/// Minimises F(w, b) = ½‖w‖² + C Σᵢ cᵢ log(1 + exp(-sᵢ (w·xᵢ + b))) with the intercept b free, which is the objective
/// of scikit-learn's `LogisticRegression(C:)` and of LIBLINEAR with an unpenalised bias. F is strictly convex as soon
/// as both classes are there, so the optimum exists and is unique, for separable data too; a step is halved until F
/// falls enough (Armijo; Nocedal & Wright, Numerical Optimization, 2nd ed., algorithm 3.1), so it is always reached.
///
/// Edge cases: no rows or one class have no finite optimum and throw; a column that is constant on the training rows
/// is encoded as 0 and gets the coefficient 0; columns that repeat each other share their coefficient.
public struct LogisticRegression: Sendable {
  public struct Settings: Codable, Sendable, Equatable {
    /// C: the inverse of the penalty's strength.
    public var inversePenalty: Double
    /// The fit ends where no component of the gradient of F is larger, or where rounding does not let it fall.
    public var tolerance: Double
    public var maximumIterations: Int

    public init(inversePenalty: Double = 1, tolerance: Double = 1e-10, maximumIterations: Int = 200) {
      self.inversePenalty = inversePenalty
      self.tolerance = tolerance
      self.maximumIterations = maximumIterations
    }

    enum CodingKeys: String, CodingKey {
      case inversePenalty = "C"
      case tolerance
      case maximumIterations = "maximum_iterations"
    }
  }

  public struct Fit: Sendable {
    /// w, in the order of the design's features.
    public var coefficients: [Double]
    public var intercept: Double
    /// Square roots of the diagonal of C H⁻¹ for w and, last, b. C H⁻¹ is the inverse Hessian of the penalised
    /// log-likelihood: the Laplace approximation of the posterior under the prior w ~ N(0, C I). Nil where H is
    /// singular to working precision.
    public var standardErrors: [Double]?
    public var objective: Double
    /// Weighted mean of the log-loss over the training rows.
    public var logLoss: Double
    /// The largest magnitude in the gradient of F.
    public var gradientNorm: Double
    public var iterations: Int
  }

  public var settings: Settings
  public var threads: Int

  public init(settings: Settings = Settings(), threads: Int = defaultThreads) {
    self.settings = settings
    self.threads = threads
  }

  /// - Parameters:
  ///   - design: n training rows of p features.
  ///   - labels: 0 or 1 for every row of the *table* the design selects from; 1 is the positive class.
  ///   - weights: cᵢ ≥ 0, for every row of the table; 1 by default.
  /// - Throws: `ModelError` `.invalidSetting`, `.untrainable` (no rows, one class, a number that is not finite),
  ///   `.notConverged`; `CancellationError`.
  public func fit(_ design: DesignMatrix, labels: [UInt8], weights: [Double]? = nil) async throws -> Fit {
    try checkSettings()
    let totals = try ClassTotals(design.selection, labels: labels, weights: weights)
    BLASThreads.set(1)
    let objective = LogisticObjective(
      design: design, labels: labels, weights: weights, inversePenalty: settings.inversePenalty, threads: threads)
    var start = [Double](repeating: 0, count: design.width)
    start[design.width - 1] = log(totals.positive / totals.negative)
    let optimum = try await minimise(objective, from: start)
    return Fit(
      coefficients: Array(optimum.point.dropLast()), intercept: optimum.point[design.width - 1],
      standardErrors: standardErrors(optimum.value.hessian), objective: optimum.value.objective,
      logLoss: optimum.value.loss / (totals.positive + totals.negative), gradientNorm: optimum.value.gradientNorm,
      iterations: optimum.iterations)
  }

  private struct Optimum {
    var point: [Double]
    var value: LogisticObjective.Value
    var iterations = 0
  }

  private func minimise(_ objective: LogisticObjective, from start: [Double]) async throws -> Optimum {
    var current = Optimum(point: start, value: try await objective.value(at: start))
    guard current.value.objective.isFinite else {
      throw ModelError(.untrainable, "logistic regression: the table holds a number that is not finite")
    }
    while current.value.gradientNorm > settings.tolerance {
      guard current.iterations < settings.maximumIterations else {
        throw ModelError(
          .notConverged,
          """
          logistic regression: the gradient is still \(current.value.gradientNorm) after \(current.iterations) \
          iterations; raise the limit or lower C
          """)
      }
      let step = try current.value.newtonStep()
      guard let next = try await improve(current, along: step, objective) else { return current }
      current = next
    }
    return current
  }

  /// A point along the step that is better by more than chance; nil where rounding hides any further gain.
  private func improve(
    _ current: Optimum, along step: [Double], _ objective: LogisticObjective
  ) async throws -> Optimum? {
    let slope = zip(current.value.gradient, step).reduce(0) { $0 + $1.0 * $1.1 }
    // F is a sum of many terms: a promised fall below this is in its rounding noise, where only the gradient,
    // whose terms cancel at the optimum, still tells better from worse.
    let noise = 64 * Double.ulpOfOne * max(1, abs(current.value.objective))
    var length = 1.0
    while length > 0x1p-40 {
      let point = zip(current.point, step).map { $0 + length * $1 }
      let value = try await objective.value(at: point)
      let next = Optimum(point: point, value: value, iterations: current.iterations + 1)
      if -slope <= noise {
        return value.gradientNorm <= current.value.gradientNorm / 2 ? next : nil
      }
      if value.objective <= current.value.objective + 1e-4 * length * slope { return next }
      length /= 2
    }
    return nil
  }

  private func standardErrors(_ hessian: Matrix) -> [Double]? {
    guard let inverse = try? Cholesky(hessian).inverse() else { return nil }
    return (0..<inverse.rows).map { (settings.inversePenalty * inverse[$0, $0]).squareRoot() }
  }

  private func checkSettings() throws(ModelError) {
    guard settings.inversePenalty > 0, settings.inversePenalty.isFinite else {
      throw ModelError(.invalidSetting, "logistic regression: C must be a positive number")
    }
    guard settings.tolerance >= 0, settings.maximumIterations > 0 else {
      throw ModelError(.invalidSetting, "logistic regression: tolerance and iterations must be positive")
    }
  }
}

extension LogisticObjective.Value {
  /// The Newton direction -H⁻¹ g.
  ///
  /// With columns that repeat each other and a weak penalty, H is singular to working precision. A shift of its
  /// diagonal, a hundred times larger at each attempt, keeps the direction one of descent (Levenberg).
  fileprivate func newtonStep() throws -> [Double] {
    let descent = gradient.map { -$0 }
    let largest = (0..<hessian.rows).reduce(0) { max($0, hessian[$1, $1]) }
    var shift = 0.0
    while true {
      var shifted = hessian
      for i in 0..<hessian.rows { shifted[i, i] += shift }
      do {
        return try Cholesky(shifted).solve(descent)
      } catch {
        guard error.code == .notPositiveDefinite, shift < largest else { throw error }
        shift = shift == 0 ? largest * 0x1p-50 : shift * 100
      }
    }
  }
}

/// The weight of each class: both are needed, for without a penalty on it the intercept of one class runs off.
private struct ClassTotals {
  var positive = 0.0
  var negative = 0.0

  init(_ rows: RowSelection, labels: [UInt8], weights: [Double]?) throws(ModelError) {
    for index in 0..<rows.count {
      let row = rows[index]
      let weight = weights.map { $0[row] } ?? 1
      guard weight >= 0, weight.isFinite else {
        throw ModelError(.untrainable, "logistic regression: a sample weight is negative or not finite")
      }
      if labels[row] != 0 { positive += weight } else { negative += weight }
    }
    guard rows.count > 0 else {
      throw ModelError(.untrainable, "logistic regression: there are no training rows")
    }
    guard positive > 0, negative > 0 else {
      throw ModelError(
        .untrainable,
        """
        logistic regression: the training rows are all of one class (\(positive > 0 ? "positive" : "negative")), from \
        which no model can be learnt; check the label and which value of it is the positive one
        """)
    }
  }
}
