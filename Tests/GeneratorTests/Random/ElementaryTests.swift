import Foundation
import Generator
import Testing

@Suite struct ElementaryTests {
  /// Distance in units in the last place of the C library's answer, which is itself right to one.
  private func ulps(_ value: Double, _ reference: Double) -> Double {
    abs(value - reference) / max(reference.ulp, .leastNormalMagnitude)
  }

  @Test func logarithmAgreesWithTheLibrary() {
    var random = RandomStream(seed: 1)
    var worst = 0.0
    for _ in 0..<20_000 {
      let x = Double(bitPattern: random.next() & 0x7FFF_FFFF_FFFF_FFFF)
      if x.isNormal { worst = max(worst, ulps(Elementary.log(x), log(x))) }
      let u = random.openUniform()
      worst = max(worst, ulps(Elementary.log(u), log(u)))
    }
    #expect(worst <= 3)
    #expect(Elementary.log(1) == 0)
  }

  @Test func exponentialAgreesWithTheLibrary() {
    var random = RandomStream(seed: 2)
    var worst = 0.0
    for _ in 0..<20_000 {
      let x = random.uniform() * 1400 - 700
      worst = max(worst, ulps(Elementary.exp(x), exp(x)))
      worst = max(worst, ulps(Elementary.exp(x / 700), exp(x / 700)))
    }
    #expect(worst <= 3)
    #expect(Elementary.exp(0) == 1)
    #expect(Elementary.exp(-1000) == 0)
    #expect(Elementary.exp(1000) == .infinity)
  }

  /// Bits found on one machine, which every other has to find again.
  @Test func bitsAreTheSameEverywhere() {
    #expect(Elementary.log(2).bitPattern == 0x3FE6_2E42_FEFA_39EF)
    #expect(Elementary.exp(1).bitPattern == 0x4005_BF0A_8B14_576A)
    var random = RandomStream(seed: 3)
    var sum: UInt64 = 0
    for _ in 0..<1000 {
      sum = sum &* 31 &+ random.normal().bitPattern
      sum = sum &* 31 &+ random.gamma(shape: 0.3).bitPattern
      sum = sum &* 31 &+ random.exponential(mean: 2).bitPattern
      sum = sum &* 31 &+ UInt64(random.poisson(mean: 4))
    }
    #expect(sum == 17_738_171_009_636_443_502)
  }
}
