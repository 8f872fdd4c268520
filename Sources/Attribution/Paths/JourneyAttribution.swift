import Journeys

/// Attribution of the conversions in a journey store: counts of paths, from which every model is finished.
///
/// The path of a conversion at T are the customer's touches with T - lookback <= t <= T, a touch at the same instant
/// being before the conversion; with scope `journey` only those after the customer's previous conversion. Touches
/// between two conversions that are too old for the second, and those after the last, are the paths that came to
/// nothing. A journey is dated by its end: by its conversion, or by its last touch. With a period only journeys that
/// end in it are counted, so that the periods of a year add up to the year.
///
/// Linear in events. Everything counted is a whole number, so every cut and order gives the same bits.
public struct JourneyAttribution: Aggregation {
  let query: AttributionQuery
  let keys: TouchKeys
  private let roles: EventRoles

  /// - Throws: `.unknownName` for an event type that the store does not have, `.invalidQuery`, `.unsolvable` for
  ///   more pairs of channel and campaign than can be told apart.
  public init(_ query: AttributionQuery, of store: JourneyStore) throws(AttributionError) {
    guard query.lookback >= 0, !query.models.isEmpty, !query.conversions.isEmpty else {
      throw AttributionError(
        .invalidQuery, "attribution: it needs a model, a conversion event and a lookback that is not negative")
    }
    self.query = query
    keys = try TouchKeys(query.dimension, store)
    roles = EventRoles(try TouchSelection.roles(query, store))
  }

  public func empty() -> AttributionTally { AttributionTally(keys: keys.count) }

  public func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout AttributionTally) {
    store.withColumns { columns in
      var selection = TouchSelection(keys)
      var walk = PathWalk(query, keys: keys.count)
      for batch in CustomerBatches(customers, of: columns) {
        selection.select(batch, of: columns, roles)
        walk.add(batch, of: columns, selection)
      }
      walk.finish(into: &partial)
    }
  }

  public func merge(_ later: AttributionTally, into partial: inout AttributionTally) { partial.add(later) }

  /// One result for each model of the query, in its order.
  public func finish(_ partial: AttributionTally) throws -> [AttributionResult] {
    let summary = partial.summary(by: query.dimension.rawValue, name: keys.name)
    return try query.models.map { model in try summary.result(model) }
  }
}
