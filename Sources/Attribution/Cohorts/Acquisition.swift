import Journeys

/// What brought a customer, as a number below `count`: 0 for nothing that is known.
struct Acquisition: Sendable {
  private let rows: CohortQuery.Rows
  private let names: NameTable?

  init(_ rows: CohortQuery.Rows, _ store: JourneyStore) {
    self.rows = rows
    switch rows {
    case .period: names = nil
    case .channel: names = store.channelNames
    case .campaign: names = store.campaignNames
    }
  }

  var count: Int { (names?.count ?? 0) + 1 }

  /// Nil for nothing.
  func name(_ number: Int) -> String? { number > 0 ? names?[Int32(number - 1)] : nil }

  /// The channel or campaign of the first of a customer's events that has one.
  ///
  /// - Parameter events: up to the one with which he began.
  @inline(__always)
  func number(_ events: ClosedRange<Int>, _ columns: EventColumns) -> Int {
    let codes: UnsafeBufferPointer<Int32>
    switch rows {
    case .period: return 0
    case .channel: codes = columns.channels
    case .campaign: codes = columns.campaigns
    }
    for event in events where codes[event] >= 0 {
      // A code outside of the dictionary is no name.
      let number = Int(codes[event]) &+ 1
      return number < count ? number : 0
    }
    return 0
  }
}
