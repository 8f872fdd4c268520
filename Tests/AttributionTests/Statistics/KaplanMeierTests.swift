import Attribution
import Foundation
import Testing

@Suite("Kaplan–Meier") struct KaplanMeierTests {
  /// Remission of 21 patients under 6-mercaptopurine, in weeks (Freireich et al. 1963), as textbooks have it.
  private static let estimate = KaplanMeier(
    events: [6, 6, 6, 7, 10, 13, 16, 22, 23], censored: [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35])

  @Test("The leukaemia data") func leukaemia() {
    let points = Self.estimate.points
    #expect(points.map(\.time) == [6, 7, 10, 13, 16, 22, 23])
    #expect(points.map(\.atRisk) == [21, 17, 15, 12, 11, 7, 6])
    #expect(points.map(\.events) == [3, 1, 1, 1, 1, 1, 1])
    for (point, survival) in zip(points, [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]) {
      #expect(abs(point.survival - survival) < 5e-4)
    }
    // Standard errors as R's survival package prints them.
    for (point, error) in zip(points, [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]) {
      #expect(abs(point.survival * point.relativeVariance.squareRoot() - error) < 5e-5)
    }
  }

  @Test("The interval on the scale of log −log, as R's survfit(conf.type = 'log-log')") func interval() {
    let interval = Self.estimate.points[0].interval(1.959963984540054)
    #expect(abs(interval.lowerBound - 0.620) < 5e-4 && abs(interval.upperBound - 0.952) < 5e-4)
  }

  @Test("Without censoring it is the share that is left, whoever is watched to the end") func shares() {
    let plain = KaplanMeier(events: [1, 2, 2, 5], censored: [9, 9, 9, 9])
    let shares = [0.875, 0.625, 0.5]
    #expect(plain.points.count == 3 && zip(plain.points, shares).allSatisfy { abs($0.survival - $1) < 1e-15 })
    #expect(plain == KaplanMeier(events: [5, 2, 1, 2], censored: [], watchedToEnd: 4))
    #expect(KaplanMeier(events: [], censored: [1]).points.isEmpty)
    let all = KaplanMeier(events: [3], censored: [])
    #expect(all.points[0].survival == 0 && all.points[0].interval(2) == 0...0)
  }
}
