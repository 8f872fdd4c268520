import Attribution
import Foundation
import Testing

@Suite("Rates and their differences") struct RateTests {
  private static let critical = Normal.critical(0.05)

  /// Newcombe, Statistics in Medicine 17 (1998) 857, table I, method 3.
  @Test(
    "Wilson's interval, published",
    arguments: [
      (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718),
    ])
  func wilson(_ hits: Int, _ trials: Int, _ low: Double, _ high: Double) throws {
    let interval = try #require(Rate(hits, of: trials).interval(Self.critical))
    #expect(abs(interval.lowerBound - low) < 5e-5 && abs(interval.upperBound - high) < 5e-5)
    let mirrored = try #require(Rate(trials - hits, of: trials).interval(Self.critical))
    #expect(close(mirrored.lowerBound, 1 - interval.upperBound) && close(mirrored.upperBound, 1 - interval.lowerBound))
  }

  /// Newcombe, Statistics in Medicine 17 (1998) 873, table II, method 10.
  @Test(
    "Newcombe's interval of a difference, published",
    arguments: [
      (56, 70, 48, 80, 0.0524, 0.3339), (9, 10, 3, 10, 0.1705, 0.8090), (6, 7, 2, 7, 0.0582, 0.8062),
      (5, 56, 0, 29, -0.0381, 0.1926), (0, 10, 0, 20, -0.1611, 0.2775), (10, 10, 0, 10, 0.6075, 1),
    ])
  func newcombe(_ a: Int, _ m: Int, _ b: Int, _ n: Int, _ low: Double, _ high: Double) throws {
    let rates = try #require(TwoRates(Rate(b, of: n), Rate(a, of: m), level: 0.95))
    #expect(abs(rates.interval.lowerBound - low) < 6e-5 && abs(rates.interval.upperBound - high) < 6e-5)
    #expect(close(rates.difference, Double(a) / Double(m) - Double(b) / Double(n)))
  }

  @Test("The score test is Pearson's chi-square of the table") func score() throws {
    // SciPy 1.17: chi2_contingency(correction=False).
    #expect(close(try #require(TwoRates(Rate(48, of: 80), Rate(56, of: 70), level: 0.9)).pValue, 0.008045081368196585))
    #expect(close(try #require(TwoRates(Rate(9, of: 100), Rate(25, of: 200), level: 0.9)).pValue, 0.3673251134404114))
    #expect(try #require(TwoRates(Rate(0, of: 5), Rate(0, of: 9), level: 0.95)).pValue == 1)
  }

  /// Exactly, by the binomial law: P(x) = C(n, x) p^x (1 − p)^(n − x).
  @Test("Wilson's interval covers 95 % on average, and nearly that much at any rate", arguments: [10, 50, 200])
  func coverage(_ trials: Int) throws {
    let intervals = (0...trials).compactMap { Rate($0, of: trials).interval(Self.critical) }
    let rates = stride(from: 0.01, through: 0.99, by: 0.01)
    let coverages = rates.map { rate in
      (0...trials).filter { intervals[$0].contains(rate) }.reduce(0.0) { covered, hits in
        let (x, n) = (Double(hits), Double(trials))
        let ways = lgamma(n + 1) - lgamma(x + 1) - lgamma(n - x + 1)
        return covered + exp(ways + x * log(rate) + (n - x) * log1p(-rate))
      }
    }
    let mean = coverages.reduce(0, +) / Double(coverages.count)
    #expect((0.945...0.96).contains(mean), "\(mean)")
    #expect(coverages.min()! > 0.83)
  }

  @Test("Of nobody there is no rate") func nobody() {
    #expect(Rate(0, of: 0).value == nil)
    #expect(Rate(0, of: 0).interval(2) == nil)
    #expect(TwoRates(Rate(0, of: 0), Rate(1, of: 2), level: 0.95) == nil)
  }
}

@Suite("Moments and Welch's test") struct WelchTests {
  private static func moments(_ values: [Double]) -> Moments {
    Moments(count: values.count, sum: values.reduce(0, +), sumOfSquares: values.reduce(0) { $0 + $1 * $1 })
  }

  @Test("Agrees with SciPy 1.17") func scipy() throws {
    let (a, b) = (Self.moments([1.5, 2, 0, 9, 4.25, 1]), Self.moments([3, 3, 8, 1, 20, 2, 2.5]))
    let welch = try #require(WelchTest(a, b))
    let difference = b.mean - a.mean
    let reach = welch.reach(0.9)
    #expect(close(welch.pValue(difference), 0.3739052530639003))
    #expect(close(welch.degreesOfFreedom, 8.973180738605805))
    #expect(close(difference - reach, -2.576248972806408))
    #expect(close(difference + reach, 7.945296591854024))
  }

  @Test("A variance that is small beside the mean keeps its digits; equal values have none") func cancellation() {
    // 1e6 and 1e6 + 1 in turn, whose sums are exact.
    let values = (0..<100).map { 1e6 + Double($0 % 2) }
    #expect(close(Self.moments(values).variance!, 0.25 * 100 / 99, 1e-12))
    let tenths = Moments(count: 10, sum: 1, sumOfSquares: 0.1)
    #expect(tenths.variance! < 1e-17)
    #expect(Moments(count: 1, sum: 3, sumOfSquares: 9).variance == nil)
    #expect(WelchTest(Moments(count: 2, sum: 2, sumOfSquares: 2), Moments(count: 3, sum: 6, sumOfSquares: 12)) == nil)
  }
}
