import Foundation
import Journeys

/// Features of every customer known before a moment, from the events before it and nothing else.
///
/// An event at the moment or later is not read: `moment` is exclusive, and journeys are sorted by time, so the fold
/// stops there. Purchases of one customer on one local day are one purchase occasion. What is not known is NaN. Cost:
/// one pass over the types, timestamps and channels of the events before the moment, and over the amounts and
/// categories of purchases, the campaigns of messages and the devices of activity.
public struct FeatureTable: Aggregation {
  public struct Partial: Sendable, Codable {
    /// Places in the store, ascending.
    var customers: [Int32] = []
    /// Row after row.
    var values: [Float] = []

    init() {}

    private enum CodingKeys: String, CodingKey { case customers, values }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      customers = try container.decode([Int32].self, forKey: .customers)
      values = try container.decode([UInt32].self, forKey: .values).map(Float.init(bitPattern:))
    }

    /// Values as bits: JSON has no word for NaN.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(customers, forKey: .customers)
      try container.encode(values.map(\.bitPattern), forKey: .values)
    }
  }

  /// The features of some customers.
  public struct Rows: Sendable {
    /// Their places in the store, ascending.
    public var customers: [Int32]
    /// One row each, in the same order; columns in the order of the list.
    public var values: [Float]
    public let list: FeatureList

    public var count: Int { customers.count }
    public var table: Table { Table(matrix: values, names: list.names) }
  }

  /// Microseconds since 1970 UTC, exclusive.
  public let moment: Int64
  public let list: FeatureList
  private let features: [Feature]
  private let calendar: ZonedCalendar
  private let groups: BehaviourGroups
  private let categories: CategoryCodes
  private let categoryColumn: Column<Int32>?
  private let deviceColumn: Column<Int32>?
  private let discounts: [DiscountColumn]
  /// The place of each of the store's channels and devices among those that have a share; `.max` for others.
  private let channelPlaces: [Int32]
  private let devicePlaces: [Int32]

  public init(of store: JourneyStore, before moment: Int64, list: FeatureList, calendar: ZonedCalendar) {
    self.moment = moment
    self.list = list
    self.calendar = calendar
    features = list.features
    groups = BehaviourGroups(store.eventTypeNames)
    categories = CategoryCodes(store)
    categoryColumn = store.names("categories")
    deviceColumn = store.names("device")
    discounts = DiscountColumn.all(of: store)
    channelPlaces = Self.places(store.channelNames, among: CustomerTally.channels)
    if case .names(_, let names) = try? store.property("device") {
      devicePlaces = Self.places(names, among: CustomerTally.devices)
    } else {
      devicePlaces = []
    }
  }

  private static func places(_ names: NameTable, among known: [String]) -> [Int32] {
    names.names.map { name in known.firstIndex(of: name).map { Int32($0) } ?? .max }
  }

  // MARK: Aggregation

  public func empty() -> Partial { Partial() }

  public func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout Partial) {
    var tally = CustomerTally(
      list, moment: moment, calendar: calendar, campaigns: store.campaignNames.count,
      categories: CategoryTally(categories, listed: list.categories), keepsDiscounts: !discounts.isEmpty)
    partial.values.reserveCapacity(partial.values.count + customers.count * features.count)
    for customer in customers {
      let events = store.events(of: customer)
      guard let first = events.first, store.timestamps[first] < moment else { continue }
      read(events, of: store, into: &tally)
      partial.customers.append(Int32(customer))
      for feature in features { partial.values.append(Float(feature.value(tally))) }
    }
  }

  private func read(_ events: Range<Int>, of store: JourneyStore, into tally: inout CustomerTally) {
    let (timestamps, types) = (store.timestamps, store.eventTypes)
    tally.begin(firstEvent: timestamps[events.lowerBound])
    var band = tally.oldestBand
    for event in events {
      let timestamp = timestamps[event]
      guard timestamp < moment else { break }
      guard let group = groups[types[event]] else { continue }
      band = tally.band(age: moment - timestamp, from: band)
      if group != .purchases { tally.add(group, band: band) }
      if group.isMessage { tally.addMessage(timestamp, campaign: store.campaigns[event]) }
      guard group.isActivity else { continue }
      let local = calendar.local(timestamp)
      let day = floorDivide(local, microsecondsPerDay)
      let channel = store.channels[event]
      tally.addActivity(
        timestamp, local: local, day: day, channel: channel < 0 ? -1 : channelPlaces[Int(channel)],
        device: device(event))
      if group == .purchases {
        tally.addPurchase(
          timestamp, day: day, amount: store.amounts[event], band: band,
          isDiscounted: discounts.contains { $0.holds(event) })
        if let categoryColumn { tally.categories.add(categoryColumn[event]) }
      }
    }
  }

  @inline(__always) private func device(_ event: Int) -> Int32 {
    guard let deviceColumn else { return -1 }
    let code = deviceColumn[event]
    return code < 0 ? -1 : devicePlaces[Int(code)]
  }

  public func merge(_ later: Partial, into partial: inout Partial) {
    partial.customers += later.customers
    partial.values += later.values
  }

  public func finish(_ partial: Partial) -> Rows {
    Rows(customers: partial.customers, values: partial.values, list: list)
  }
}

/// A column by which a purchase shows a discount.
private enum DiscountColumn: Sendable {
  /// With the code of "0", which is no discount.
  case names(Column<Int32>, zero: Int32)
  case numbers(Column<Int64>)

  static func all(of store: JourneyStore) -> [DiscountColumn] {
    ["discount", "coupon", "promotion_code"].filter(store.propertyNames.contains).compactMap { name in
      switch try? store.property(name) {
      case .names(let column, let names): .names(column, zero: names.code(of: "0") ?? -1)
      case .money(let column), .integers(let column): .numbers(column)
      case nil: nil
      }
    }
  }

  func holds(_ event: Int) -> Bool {
    switch self {
    case .names(let column, let zero): column[event] >= 0 && column[event] != zero
    case .numbers(let column): column[event] != Money.none && column[event] != 0
    }
  }
}

let microsecondsPerDay: Int64 = 86_400_000_000
