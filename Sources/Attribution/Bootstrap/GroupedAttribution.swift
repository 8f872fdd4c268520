import Journeys

/// What is counted of paths, apart for random groups of customers: any sample of groups is a weighted sum of these.
struct GroupedAttribution: Aggregation {
  /// With fewer customers each is a group of his own.
  static let most = 400

  let attribution: JourneyAttribution
  let groups: Int
  private let customers: Int

  init(_ attribution: JourneyAttribution, of store: JourneyStore) {
    self.attribution = attribution
    customers = store.customerCount
    groups = min(customers, Self.most)
  }

  func empty() -> AttributionTally { AttributionTally(buckets: groups) }

  func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout AttributionTally) {
    attribution.foldWhole(customers, of: store, into: &partial) { customer, _ in group(of: customer) }
  }

  func merge(_ later: AttributionTally, into partial: inout AttributionTally) { partial.add(later) }

  func finish(_ partial: AttributionTally) -> AttributionTally { partial }

  /// Neighbours in a store may be alike (their ids are in its order), so groups are drawn by lot.
  private func group(of customer: Int) -> Int {
    guard customers > Self.most else { return customer }
    return Int(SplitMix.mix(UInt64(customer)) % UInt64(groups))
  }
}
