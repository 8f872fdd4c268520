import Foundation
import Models
import TestSupport
import Testing

/// The likelihoods as the papers print them, and their derivatives.
@Suite struct LikelihoodTests {
  private static let histories: [(x: Double, last: Double, age: Double)] = [
    (0, 0, 0), (0, 0, 12.5), (1, 3, 3), (1, 0.2, 40), (2, 30.43, 38.86), (7, 9, 30), (25, 11, 90),
  ]

  private func table() throws -> CustomerHistories {
    let all = Self.histories
    return try CustomerHistories(
      x: all.map(\.x), lastPurchase: all.map(\.last), age: all.map(\.age),
      weight: all.indices.map { Double($0) + 0.5 })
  }

  private func sum(_ logarithm: (_ x: Double, _ last: Double, _ age: Double) -> Double) -> Double {
    zip(Self.histories, 0...).reduce(0) { $0 + (Double($1.1) + 0.5) * logarithm($1.0.x, $1.0.last, $1.0.age) }
  }

  @Test(arguments: [[0.4, 4.4, 0.8, 2.4], [2.5, 0.3, 1.7, 0.2], [0.05, 90, 12, 40]])
  func betaGeometric(point: [Double]) throws {
    let (r, alpha, a, b) = (point[0], point[1], point[2], point[3])
    for dropout in [BetaGeometricNBD.Dropout.afterRepeatPurchase, .afterEveryPurchase] {
      let extra = dropout == .afterEveryPurchase ? 1.0 : 0
      let expected = sum { x, last, age in
        let alive = beta(a, b + x + extra) / beta(a, b) * pow(alpha + age, -r - x)
        let k = x + extra
        let gone = k > 0 ? beta(a + 1, b + k - 1) / beta(a, b) * pow(alpha + last, -r - x) : 0
        return logGamma(r + x) - logGamma(r) + r * log(alpha) + log(alive + gone)
      }
      let likelihood = BetaGeometricLikelihood(try table(), dropout: dropout)
      #expect(abs(value(likelihood, point).value - expected) < 1e-9)
      expectDerivatives(likelihood, point)
    }
  }

  @Test(arguments: [[0.5, 10.5, 0.6, 11.6], [2.5, 0.3, 1.7, 8], [0.05, 90, 12, 4], [3, 4, 0.01, 4]])
  func pareto(point: [Double]) throws {
    let (r, alpha, s, beta) = (point[0], point[1], point[2], point[3])
    let expected = sum { x, last, age in
      let alive = pow(alpha + age, -r - x) * pow(beta + age, -s)
      let died = s * simpson(last, age) { pow(alpha + $0, -r - x) * pow(beta + $0, -s - 1) }
      return logGamma(r + x) - logGamma(r) + r * log(alpha) + s * log(beta) + log(alive + died)
    }
    let likelihood = ParetoLikelihood(try table())
    #expect(abs(value(likelihood, point).value - expected) < 1e-8)
    expectDerivatives(likelihood, point)
  }

  @Test(arguments: [[1.2, 0.7, 0.6, 2.7], [0.2, 9, 14, 0.3]]) func betaBernoulli(point: [Double]) throws {
    let (al, be, ga, de) = (point[0], point[1], point[2], point[3])
    let cells = [(0.0, 0.0, 6.0), (0, 0, 0), (1, 1, 1), (3, 5, 6), (6, 6, 6), (2, 4, 30)]
    var expected = 0.0
    for (x, last, n) in cells {
      var sum = beta(al + x, be + n - x) / beta(al, be) * beta(ga, de + n) / beta(ga, de)
      for i in stride(from: 0, to: n - last, by: 1) {
        sum += beta(al + x, be + last - x + i) / beta(al, be) * beta(ga + 1, de + last + i) / beta(ga, de)
      }
      expected += log(sum)
    }
    let likelihood = BetaBernoulliLikelihood(
      try CustomerHistories(x: cells.map(\.0), lastPurchase: cells.map(\.1), age: cells.map(\.2)))
    #expect(abs(value(likelihood, point).value - expected) < 1e-11)
    expectDerivatives(likelihood, point)
  }

  @Test(arguments: [[6.2, 3.7, 15.4], [0.3, 0.8, 900]]) func gammaGamma(point: [Double]) throws {
    let (p, q, gamma) = (point[0], point[1], point[2])
    let customers = [(1.0, 22.35), (1, 3.5), (4, 70.25), (31, 12)]
    var expected = 0.0
    for (x, z) in customers {
      expected += logGamma(p * x + q) - logGamma(p * x) - logGamma(q) + q * log(gamma)
      expected += (p * x - 1) * log(z) + p * x * log(x) - (p * x + q) * log(gamma + x * z)
    }
    let likelihood = try GammaGammaLikelihood(
      x: customers.map(\.0) + [0, 3], meanValue: customers.map(\.1) + [0, 0], weight: nil)
    #expect(abs(value(likelihood, point).value - expected) < 1e-11)
    expectDerivatives(likelihood, point)
  }

  private func value(_ likelihood: some Likelihood, _ point: [Double]) -> Derivatives {
    let pieces = likelihood.chunkwise(at: point)
    return (0..<likelihood.chunks).reduce(into: Derivatives(parameters: point.count)) { $0.add(pieces($1)) }
  }

  /// Central differences of the value and of the gradient.
  private func expectDerivatives(_ likelihood: some Likelihood, _ point: [Double]) {
    let here = value(likelihood, point)
    for i in point.indices {
      let step = 1e-5 * point[i]
      var (up, down) = (point, point)
      up[i] += step
      down[i] -= step
      let (above, below) = (value(likelihood, up), value(likelihood, down))
      let slope = (above.value - below.value) / (2 * step)
      #expect(abs(slope - here.gradient[i]) < 1e-6 * (abs(here.gradient[i]) + abs(here.value) / point[i] / 10))
      for j in point.indices {
        let curvature = (above.gradient[j] - below.gradient[j]) / (2 * step)
        let size = abs(here[i, j]) + abs(here.gradient[j]) / point[i] / 10 + 1e-3
        #expect(abs(curvature - here[i, j]) < 1e-6 * size, "\(i) \(j): \(here[i, j]), not \(curvature)")
      }
    }
  }

  private func beta(_ a: Double, _ b: Double) -> Double { exp(logGamma(a) + logGamma(b) - logGamma(a + b)) }

  private func simpson(_ from: Double, _ to: Double, _ integrand: (Double) -> Double) -> Double {
    let steps = 20_000
    let width = (to - from) / Double(steps)
    return (0...steps).reduce(0) { sum, k in
      let weight = k == 0 || k == steps ? 1.0 : k % 2 == 0 ? 2 : 4
      return sum + weight * integrand(from + Double(k) * width)
    } * width / 3
  }
}
