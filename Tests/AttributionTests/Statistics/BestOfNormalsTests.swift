import Attribution
import Foundation
import Testing

@Suite("The best of several normal quantities") struct BestOfNormalsTests {
  @Test("Of two it is the normal law of their difference") func two() throws {
    let best = try #require(BestOfNormals(means: [1, 1.5], errors: [0.3, 0.4]))
    #expect(close(best.probabilities[1], Normal.cumulative(1), 1e-10))
    #expect(close(best.losses[0], 0.5 * Normal.loss(-1), 1e-10) && close(best.losses[1], 0.5 * Normal.loss(1), 1e-10))
  }

  @Test("Equals share the chance; the largest of three lies 3/(2√π) above their mean") func equals() throws {
    let best = try #require(BestOfNormals(means: [4, 4, 4], errors: [2, 2, 2]))
    for place in 0..<3 {
      #expect(close(best.probabilities[place], 1.0 / 3, 1e-10))
      #expect(close(best.losses[place], 2 * 3 / (2 * Double.pi.squareRoot()), 1e-10))
    }
  }

  @Test("Scales far apart and losses that are all but nothing keep their digits") func scales() throws {
    let apart = try #require(BestOfNormals(means: [0, 0.5, 1], errors: [1e-6, 1, 1e-3]))
    #expect(close(apart.probabilities.reduce(0, +), 1, 1e-10))
    #expect(close(apart.probabilities[1], Normal.cumulative(-0.5 / (1 + 1e-6).squareRoot()), 1e-9))
    let sure = try #require(BestOfNormals(means: [0, 20], errors: [1, 1]))
    let error = 2.0.squareRoot()
    #expect(close(sure.losses[1], error * Normal.loss(20 / error), 1e-8) && close(sure.probabilities[1], 1))
    let point = try #require(BestOfNormals(means: [0, 1], errors: [0, 1]))
    #expect(close(point.probabilities[1], Normal.cumulative(1), 1e-7))
  }

  @Test("Without anything that varies there is no answer") func fixed() {
    #expect(BestOfNormals(means: [1, 2], errors: [0, 0]) == nil)
    #expect(BestOfNormals(means: [], errors: []) == nil)
  }
}
