import Generator
import Testing

@Suite struct RandomStreamTests {
  /// The first outputs of SplitMix64 from 1234567, as published with other implementations of it.
  @Test func splitMixHasItsReferenceValues() {
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
      16_408_922_859_458_223_821,
    ]
    for (index, value) in expected.enumerated() {
      #expect(Mix.splitMix(1_234_567 &+ UInt64(index) &* Mix.golden) == value)
    }
  }

  /// xoshiro256** as its authors write it in C, from the same state.
  @Test func streamIsXoshiro() {
    var state = (0..<4).map { Mix.splitMix(99 &+ UInt64($0) &* Mix.golden) }
    func rotated(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }
    var random = RandomStream(seed: 99)
    for _ in 0..<1000 {
      let expected = rotated(state[1] &* 5, 7) &* 9
      let t = state[1] << 17
      state[2] ^= state[0]
      state[3] ^= state[1]
      state[1] ^= state[2]
      state[0] ^= state[3]
      state[2] ^= t
      state[3] = rotated(state[3], 45)
      #expect(random.next() == expected)
    }
  }

  /// Mean and variance of a sampler within five standard errors of what they should be.
  private func check(
    mean: Double, variance: Double, fourth: Double, draws: Int = 40_000, _ name: String,
    _ draw: (inout RandomStream) -> Double
  ) {
    var random = RandomStream(seed: 17)
    var sum = 0.0
    var squares = 0.0
    for _ in 0..<draws {
      let deviation = draw(&random) - mean
      sum += deviation
      squares += deviation * deviation
    }
    let n = Double(draws)
    #expect(abs(sum / n) < 5 * (variance / n).squareRoot(), "mean of \(name)")
    let spread = ((fourth - variance * variance) / n).squareRoot()
    #expect(abs(squares / n - variance) < 5 * spread, "variance of \(name)")
  }

  /// Fourth central moments: of the gamma 3k² + 6k, of the Poisson 3m² + m, of the uniform 1/80.
  @Test func samplersHaveTheirMoments() {
    check(mean: 0.5, variance: 1.0 / 12, fourth: 1.0 / 80, "uniform") { $0.uniform() }
    check(mean: 0, variance: 1, fourth: 3, "normal") { $0.normal() }
    check(mean: 3, variance: 9, fourth: 9 * 81, "exponential") { $0.exponential(mean: 3) }
    for k in [0.243, 0.75, 1, 3.74, 40] {
      check(mean: k, variance: k, fourth: 3 * k * k + 6 * k, "gamma \(k)") { $0.gamma(shape: k) }
    }
    for m in [0.6, 4.0, 20.0] {
      check(mean: m, variance: m, fourth: 3 * m * m + m, "Poisson \(m)") { Double($0.poisson(mean: m)) }
    }
    let (a, b) = (0.75, 2.4)
    let variance = a * b / ((a + b) * (a + b) * (a + b + 1))
    let excess =
      6 * ((a - b) * (a - b) * (a + b + 1) - a * b * (a + b + 2)) / (a * b * (a + b + 2) * (a + b + 3))
    check(mean: a / (a + b), variance: variance, fourth: (excess + 3) * variance * variance, "beta") { $0.beta(a, b) }
  }

  @Test func numbersBelowABoundAreEven() {
    var random = RandomStream(seed: 5)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[random.below(7)] += 1 }
    for count in counts { #expect(abs(count - 10_000) < 5 * 93) }
  }

  @Test func geometricStopsAtItsLimit() {
    var random = RandomStream(seed: 6)
    var counts = [Int](repeating: 0, count: 4)
    for _ in 0..<16_000 { counts[random.geometric(success: 0.5, limit: 3)] += 1 }
    #expect(abs(counts[0] - 8000) < 320)
    #expect(abs(counts[1] - 4000) < 280)
    // All that did not succeed three times.
    #expect(abs(counts[3] - 2000) < 210)
  }
}
