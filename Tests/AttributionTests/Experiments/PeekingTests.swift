import Attribution
import Testing

/// Many experiments in which nothing is different, looked at again and again while they run.
@Suite("Peeking") struct PeekingTests {
  private static let experiments = 400
  private static let looks = 50
  private static let customersPerLook = 128

  /// How many experiments called a difference at one of their looks.
  private static func falseAlarms(_ method: ABTestQuery.Method) throws -> Int {
    var random = TestRandom(20)
    var alarms = 0
    for _ in 0..<experiments {
      var hits = [0, 0]
      for look in 1...looks {
        for group in 0..<2 {
          // A quarter of the customers, 64 at a time.
          for _ in 0..<customersPerLook / 64 { hits[group] += (random.next() & random.next()).nonzeroBitCount }
        }
        let groups = hits.map { ExperimentGroup(count: look * customersPerLook, sum: Double($0)) }
        let query = ABTestQuery(
          .proportion, control: groups[0], test: groups[1], method: method, difference: .absolute, tuning: 6000)
        let result = try query.result()
        if let p = result.pValue, p < 0.05 {
          #expect(!(result.interval![0]...result.interval![1]).contains(0))
          alarms += 1
          break
        }
      }
    }
    return alarms
  }

  @Test("The sequential test keeps its rate of false alarms") func sequential() throws {
    // 5 % of 400 and three standard deviations.
    #expect(try Self.falseAlarms(.sequential) <= 33)
  }

  @Test("The fixed horizon does not, which is why the other exists") func fixed() throws {
    #expect(try Self.falseAlarms(.welch) > 80)
  }
}
