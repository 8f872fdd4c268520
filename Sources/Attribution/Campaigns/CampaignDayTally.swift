/// What is counted per campaign and day: whole numbers, so that any order of adding gives the same.
public struct CampaignDayTally: Sendable, Codable, Equatable {
  /// By (day, campaign).
  var performance = KeyedSums<CampaignPerformance>()
  /// By (day, campaign).
  var first = KeyedSums<ExactCredit>()
  var last = KeyedSums<ExactCredit>()
  /// By (day, touches in the path, campaign): exact where a sum of 1/n would not be.
  var linear = KeyedSums<ExactCredit>()

  mutating func add(_ later: CampaignDayTally) {
    performance.add(later.performance)
    first.add(later.first)
    last.add(later.last)
    linear.add(later.linear)
  }

  func credits(_ model: AttributionModel) -> KeyedSums<ExactCredit> {
    switch model {
    case .first: first
    case .last: last
    default: linear
    }
  }
}
