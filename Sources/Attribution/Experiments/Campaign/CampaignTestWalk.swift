import Journeys

/// Finds the recipients of a campaign and follows them, customer after customer.
struct CampaignTestWalk {
  let campaign: Int32
  let countsOwnConversions: Bool
  let window: Int64
  let past: Int64
  let period: ClosedRange<Int64>
  let dropsMixed: Bool
  let dropsInProgress: Bool
  /// Where the data end, microseconds.
  let dataEnd: Int64

  init(_ query: CampaignTestQuery, campaign: Int32, dataEnd: Int64) {
    self.campaign = campaign
    countsOwnConversions = query.countsOwnConversions
    window = query.window
    past = query.past
    period = query.period ?? Int64.min...Int64.max
    dropsMixed = query.mixed == .drop
    dropsInProgress = query.inProgress == .exclude
    self.dataEnd = dataEnd
  }

  func add(
    _ customer: Int, _ columns: EventColumns, _ variants: UnsafeBufferPointer<Int32>, _ roles: RoleTable,
    into tally: inout CampaignTestTally
  ) {
    let events = columns.events(of: customer..<customer &+ 1)
    // Most customers of most stores are in no test: one column says so.
    guard let first = events.first(where: { isAssignment($0, columns, variants) }) else { return }
    let time = columns.timestamps[first]
    guard period.contains(time) else { return }
    var outcome = RecipientOutcome()
    outcome.isInProgress = dataEnd &- time < window
    if outcome.isInProgress && dropsInProgress {
      var left = VariantSums()
      left.inProgress = 1
      return tally.variants.add(left, at: UInt64(variants[first]))
    }
    outcome.isMixed = (first &+ 1..<events.upperBound).contains {
      isAssignment($0, columns, variants) && variants[$0] != variants[first]
    }
    if outcome.isMixed { tally.mixed.append(Int32(truncatingIfNeeded: customer)) }
    if outcome.isMixed && dropsMixed {
      var left = VariantSums()
      left.mixed = 1
      return tally.variants.add(left, at: UInt64(variants[first]))
    }
    var event = first &+ 1
    while event < events.upperBound && columns.timestamps[event] &- time <= window {
      if isConversion(event, columns, roles) { outcome.now.add(columns.amounts[event]) }
      event &+= 1
    }
    event = first &- 1
    while event >= events.lowerBound && time &- columns.timestamps[event] <= past {
      if past > 0 && isConversion(event, columns, roles) { outcome.past.add(columns.amounts[event]) }
      event &-= 1
    }
    tally.variants.add(VariantSums(outcome), at: UInt64(variants[first]))
  }

  @inline(__always)
  private func isAssignment(_ event: Int, _ columns: EventColumns, _ variants: UnsafeBufferPointer<Int32>) -> Bool {
    columns.campaigns[event] == campaign && variants[event] >= 0
  }

  @inline(__always)
  private func isConversion(_ event: Int, _ columns: EventColumns, _ roles: RoleTable) -> Bool {
    roles[columns.types[event]] != 0 && (!countsOwnConversions || columns.campaigns[event] == campaign)
  }
}
