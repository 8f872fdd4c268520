import Journeys

/// Attribution of the conversions in a journey store: counts of paths, from which every model is finished.
///
/// The path of a conversion at T are the customer's touches with T - lookback <= t <= T, a touch at the same instant
/// being before the conversion; with scope `journey` only those after the customer's previous conversion. Touches
/// between two conversions that are too old for the second, and those after the last, are the paths that came to
/// nothing; each of their touches was looked at until the store's last event or the end of the period, for as long as
/// the lookback at most. A journey is dated by its end: by its conversion, or by its last touch. With a period only
/// journeys that end in it are counted, so that the periods of a year add up to the year.
///
/// One pass counts for all models. Those that need first, last or all touches or their neighbours cost time linear in
/// events; the others that of the lengths of all paths, and memory for the distinct ones. Everything counted is a whole
/// number, so every cut and order gives the same bits.
public struct JourneyAttribution: Aggregation {
  let query: AttributionQuery
  let keys: TouchKeys
  private let needs: PathNeeds
  private let roles: EventRoles
  private let isWanted: [Bool]
  private let isDirect: [Bool]
  /// Until when customers were looked at: the last event of the store, or the end of the period.
  private let end: Int64
  /// Places in the store, ascending; nil for all.
  private let customers: [Int]?

  /// - Throws: `.unknownName` for an event type, column, campaign or customer that the store does not have,
  ///   `.invalidQuery`, `.unsolvable` for more combinations of names than can be told apart.
  public init(_ query: AttributionQuery, of store: JourneyStore) throws(AttributionError) {
    guard query.lookback >= 0, !query.models.isEmpty, !query.conversions.isEmpty, query.settings.halfLife > 0 else {
      throw AttributionError(
        .invalidQuery,
        "attribution: it needs a model, a conversion event, a lookback that is not negative and a half-life above 0")
    }
    self.query = query
    keys = try TouchKeys(query.dimensions, store)
    needs = PathNeeds(query.models, query.settings)
    roles = EventRoles(try TouchSelection.roles(query, store))
    isWanted = try TouchSelection.wanted(query.campaigns, store)
    customers = try Self.places(query.customers, store)
    let (keys, direct) = (keys, query.settings.direct)
    end = min(store.manifest.lastTimestamp ?? 0, query.period?.upperBound ?? .max)
    isDirect =
      needs.contains(.lastNonDirect) ? (0..<keys.count).map { keys.name($0).names.contains(direct) } : []
  }

  public func empty() -> AttributionTally { AttributionTally(buckets: 1) }

  public func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout AttributionTally) {
    guard needs.isSubset(of: .sums), query.repeats == .all, !query.firstConversionOnly, query.settings.withNulls,
      self.customers == nil
    else {
      return foldWhole(customers, of: store, into: &partial) { _, _ in 0 }
    }
    store.withColumns { columns in
      var selection = TouchSelection(keys, isWanted: isWanted)
      var walk = PathWalk(query, needs, keys: keys.count)
      for batch in CustomerBatches(customers, of: columns) {
        selection.select(batch, of: columns, roles)
        walk.add(batch, of: columns, selection)
      }
      walk.finish(into: &partial.buckets[0])
    }
  }

  /// Counts every path as a whole.
  ///
  /// - Parameter bucket: of a customer and the time of a path's end, its bucket; nil for a path to leave out.
  func foldWhole(
    _ customers: Range<Int>, of store: JourneyStore, into partial: inout AttributionTally,
    bucket: (Int, Int64) -> Int?
  ) {
    store.withColumns { columns in
      var selection = TouchSelection(keys, isWanted: isWanted)
      var walk = WholePathWalk(query, needs, keyCount: keys.count, isDirect: isDirect, end: end)
      for batch in CustomerBatches(customers, of: columns) {
        guard contains(batch) else { continue }
        selection.select(batch, of: columns, roles)
        for customer in batch where contains(customer..<customer + 1) {
          walk.add(selection.entries(of: customer), of: columns, selection, into: &partial.buckets) {
            bucket(customer, $0)
          }
        }
      }
    }
  }

  public func merge(_ later: AttributionTally, into partial: inout AttributionTally) { partial.add(later) }

  /// One result for each model of the query, in its order.
  public func finish(_ partial: AttributionTally) throws -> [AttributionResult] { try results(of: partial.buckets[0]) }

  func results<Sum>(of tally: PathTally<Sum>) throws(AttributionError) -> [AttributionResult] {
    let summary = try PathSummary(tally, by: query.dimensions.text, name: keys.name)
    var results: [AttributionResult] = []
    for model in query.models { results.append(try summary.result(model, query.settings)) }
    return results
  }

  /// Whether any of the customers is wanted.
  private func contains(_ range: Range<Int>) -> Bool {
    guard let customers else { return true }
    var (low, high) = (0, customers.count)
    while low < high {
      let middle = (low + high) / 2
      if customers[middle] < range.lowerBound { low = middle + 1 } else { high = middle }
    }
    return low < customers.count && customers[low] < range.upperBound
  }

  /// Customers that the store does not know have no journeys: their number is not an error, none at all is.
  private static func places(_ ids: [String]?, _ store: JourneyStore) throws(AttributionError) -> [Int]? {
    guard let ids else { return nil }
    let places = Set(ids.compactMap { store.customerIndex(of: $0) }).sorted()
    guard !places.isEmpty else {
      throw AttributionError(
        .unknownName, "customers: journey store \(store.directory.path) has none of the \(ids.count) customers")
    }
    return places
  }
}
