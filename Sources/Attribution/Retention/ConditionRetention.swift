import Journeys

/// Of the customers who fulfilled a first condition, who fulfilled each of the others at any time (kind
/// `ch_retention`).
public struct ConditionRetentionQuery: Sendable, Equatable {
  /// Each a list of alternatives.
  public var conditions: [[EventMatcher]]
  /// Conditions on every event.
  public var filter: [EventCondition]
  /// Outside of it events do not count, both ends included.
  public var range: ClosedRange<Int64>?

  public init(_ conditions: [[EventMatcher]], where filter: [EventCondition] = [], range: ClosedRange<Int64>? = nil) {
    self.conditions = conditions
    self.filter = filter
    self.range = range
  }
}

extension ConditionRetentionQuery: Decodable {
  static let kind = "ch_retention"

  public init(from decoder: any Decoder) throws { try self.init(QueryValue(from: decoder)) }

  package init(_ json: QueryValue) throws(AttributionError) {
    let fields = try json.object(["kind", "conditions", "where", "date_from", "date_to", "timezone"])
    let list = try fields.required("conditions")
    conditions = []
    for condition in try list.list() { conditions.append([try EventMatcher(condition)]) }
    if conditions.isEmpty { throw list.error("is empty: name a condition") }
    filter = try EventCondition.list(fields.list("where"))
    range = try fields.period(fields.calendar())
  }

  /// Event types and properties that are named.
  package var names: (events: [String], properties: [String]) {
    let matchers = conditions.flatMap(\.self)
    return (matchers.compactMap(\.event), matchers.flatMap(\.properties) + filter.flatMap(\.properties))
  }
}

/// Counts a `ConditionRetentionQuery`: one pass, of which a customer leaves the conditions that his events fulfil.
public struct ConditionRetention: Aggregation {
  /// In the order of the customers.
  public struct Tally: Sendable, Codable, Equatable {
    /// By condition: customers who fulfil it and the first.
    var sums: [Int]
    /// If they are listed: each with the conditions he fulfils, as bits.
    var customers: [Int32] = []
    var fulfilled: [UInt64] = []
  }

  private let classifier: EventClassifier
  private let conditionCount: Int
  private let range: ClosedRange<Int64>
  private let isListing: Bool

  /// - Throws: `.invalidQuery`.
  public init(
    _ query: ConditionRetentionQuery, of store: JourneyStore, listingCustomers: Bool = false
  ) throws(AttributionError) {
    classifier = try EventClassifier(query.conditions, where: query.filter, of: store)
    conditionCount = query.conditions.count
    range = query.range ?? .min ... .max
    isListing = listingCustomers
  }

  public func empty() -> Tally { Tally(sums: Array(repeating: 0, count: conditionCount)) }

  public func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout Tally) {
    let masks = classifier.masks
    store.withColumns { columns in
      for customer in customers {
        var (fulfilled, isThere) = (UInt64(0), false)
        for event in columns.events(columns.events(of: customer..<customer &+ 1), in: range) {
          let classes = masks.mask(event)
          fulfilled |= classes
          // Who has an event at all is in the answer.
          if !isThere { isThere = classes != 0 || masks.isIn(event) }
        }
        guard isThere else { continue }
        if fulfilled & 1 == 0 { fulfilled = 0 }
        for condition in 0..<conditionCount where fulfilled >> UInt64(condition) & 1 != 0 {
          partial.sums[condition] += 1
        }
        if isListing {
          partial.customers.append(Int32(customer))
          partial.fulfilled.append(fulfilled)
        }
      }
    }
  }

  public func merge(_ later: Tally, into partial: inout Tally) {
    for condition in later.sums.indices { partial.sums[condition] += later.sums[condition] }
    partial.customers += later.customers
    partial.fulfilled += later.fulfilled
  }

  public func finish(_ partial: Tally) -> Tally { partial }
}

/// The answer in the form of its JSON.
public struct ConditionRetentionAnswer: Encodable, Sendable, Equatable {
  /// By customer: 1 for each condition that he fulfils along with the first.
  public let rows: [String: [Int]]
  /// Over all customers.
  public let sums: [Int]

  public init(_ tally: ConditionRetention.Tally, of store: JourneyStore) {
    let count = tally.sums.count
    sums = tally.sums
    rows = Dictionary(
      uniqueKeysWithValues: zip(tally.customers, tally.fulfilled).map { customer, fulfilled in
        (store.customerID(Int(customer)), (0..<count).map { Int(fulfilled >> UInt64($0) & 1) })
      })
  }
}
