import Attribution
import Foundation
import Testing

/// Many small experiments whose truth is known. Seeded: the counts are the same on every run.
@Suite("What the past is worth") struct ExperimentCoverageTests {
  private static let experiments = 600
  private static let customers = 60
  /// What the test group gains per customer.
  private static let effect = 0.5

  /// About normal: twelve bytes added up (Irwin & Hall), with a variance of 1.
  private static func noise(_ random: inout TestRandom) -> Double {
    var (sum, bits) = (-6.0, [random.next(), random.next()])
    for draw in 0..<12 {
      sum += (Double(bits[draw / 6] & 1023) + 0.5) / 1024
      bits[draw / 6] >>= 10
    }
    return sum
  }

  /// A group whose metric is 0.8 of the past and noise, in all of variance 1 but for the effect.
  private static func group(_ effect: Double, _ random: inout TestRandom) -> ExperimentGroup {
    var (sum, squares) = (0.0, 0.0)
    var before = ExperimentGroup.Covariate(sum: 0, sumSquares: 0, cross: 0)
    for _ in 0..<customers {
      let past = noise(&random)
      let metric = 0.8 * past + 0.6 * noise(&random) + effect
      sum += metric
      squares += metric * metric
      before.sum += past
      before.sumSquares += past * past
      before.cross += past * metric
    }
    return ExperimentGroup(count: customers, sum: sum, sumSquares: squares, before: before)
  }

  private struct Tally {
    var estimates: [Double] = []
    var errors: [Double] = []
    var covered = 0

    mutating func add(_ result: ABTestResult) throws {
      let interval = try #require(result.interval)
      estimates.append(try #require(result.estimate))
      errors.append(try #require(result.standardError))
      covered += (interval[0]...interval[1]).contains(ExperimentCoverageTests.effect) ? 1 : 0
    }

    var mean: Double { estimates.reduce(0, +) / Double(estimates.count) }

    var variance: Double {
      estimates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(estimates.count - 1)
    }
  }

  @Test("CUPED leaves 1 − ρ² of the variance, is not off, and its intervals cover") func pastIsTakenOut() throws {
    var random = TestRandom(41)
    var (with, without) = (Tally(), Tally())
    var bayes = 0
    for _ in 0..<Self.experiments {
      var query = ABTestQuery(
        .mean, control: Self.group(0, &random), test: Self.group(Self.effect, &random), difference: .absolute)
      try with.add(query.result())
      query.method = .bayes
      let credible = try #require(query.result().interval)
      bayes += (credible[0]...credible[1]).contains(Self.effect) ? 1 : 0
      (query.method, query.control.before, query.test.before) = (.welch, nil, nil)
      try without.add(query.result())
    }
    // ρ = 0.8: 0.36 of the variance is left, seen with an error of about 6 % of it.
    let left = with.variance / without.variance
    #expect((0.28...0.46).contains(left), "\(left)")
    // The standard errors know it.
    let claimed = with.errors.reduce(0) { $0 + $1 * $1 } / Double(Self.experiments)
    #expect((0.85...1.15).contains(claimed / with.variance), "\(claimed / with.variance)")
    // Four standard errors of the mean of all experiments.
    let slack = 4 * (with.variance / Double(Self.experiments)).squareRoot()
    #expect(abs(with.mean - Self.effect) < slack, "\(with.mean)")
    // 95 % of 600 are 570; the standard deviation is 5.3.
    for covered in [with.covered, without.covered, bayes] { #expect((549...591).contains(covered), "\(covered)") }
  }
}
