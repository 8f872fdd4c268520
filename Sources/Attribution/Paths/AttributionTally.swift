import Journeys

/// What is counted of the paths in events: whole numbers, so that any order of adding gives the same.
///
/// A touch key is the number that `TouchKeys` makes of a touch's channel and campaign.
public struct AttributionTally: Sendable, Codable, Equatable {
  var total = ExactCredit.zero
  /// Conversions without a touch.
  var unattributed = ExactCredit.zero
  /// Paths that came to nothing.
  var nulls = 0
  /// By touch key: 1 where a touch has it.
  var seen: [UInt8]
  var first = KeyedSums<ExactCredit>()
  /// Last touches; for the chain also state → conversion.
  var last = KeyedSums<ExactCredit>()
  /// By (touches in the path, touch key): exact where a sum of 1/n would not be.
  var linear = KeyedSums<ExactCredit>()
  /// By (touch key, next touch key), 0 for the start before the first touch and for the null after the last.
  var arcs = KeyedSums<Int>()

  init(keys: Int) { seen = Array(repeating: 0, count: keys) }

  mutating func add(_ later: AttributionTally) {
    total += later.total
    unattributed += later.unattributed
    nulls += later.nulls
    for key in seen.indices { seen[key] |= later.seen[key] }
    first.add(later.first)
    last.add(later.last)
    linear.add(later.linear)
    arcs.add(later.arcs)
  }

}

extension AttributionTally {
  /// - Parameter name: of a touch key.
  func summary(by: String, name: (Int) -> AttributionResult.Key) -> PathSummary {
    let touched = seen.indices.filter { seen[$0] != 0 }
    var place = [Int](repeating: 0, count: seen.count)
    for (index, key) in touched.enumerated() { place[key] = index }

    func credits(_ sums: KeyedSums<ExactCredit>) -> [Credit] {
      var credits = [Credit](repeating: .zero, count: touched.count)
      // In ascending order, so that the doubles do not depend on how the table came about. Of the key, the high
      // half is the number of touches that share the credit, 0 for one that does not share.
      for (key, credit) in sums.sorted() {
        let parts = max(1, Double(key >> 32))
        credits[place[Int(key & 0xFFFF_FFFF)]] += Credit(
          conversions: Double(credit.conversions) / parts,
          revenue: Double(credit.revenue) / Double(Money.minorPerMajor) / parts)
      }
      return credits
    }
    let ends = credits(last)
    let chain = MarkovChain(
      arcs.sorted().map { ($0.key, Double($0.value)) }, conversions: ends
    ) { place[$0] }
    return PathSummary(
      by: by, keys: touched.map(name), journeys: Double(total.conversions + nulls), total: total.inDoubles,
      unattributed: unattributed.inDoubles, first: credits(first), last: ends, linear: credits(linear),
      chain: chain)
  }
}
