import Journeys

/// A query as the loop over the events needs it: names as codes, types as kinds.
struct EntityPlan: Sendable {
  let query: EntityQuery
  let kinds: EventRoles
  let keys: EntityKeys
  let period: ClosedRange<Int64>
  let segments: SegmentMembers?

  /// By code of the entity's column: the entity, -1 for one that is not asked for. Ids that are one UUID in different
  /// spelling are one entity.
  let entityOfCode: [Int32]
  let entityNames: [String]
  let entityColumn: Column<Int32>?
  /// By code of the campaign whether its events count; nil for all events.
  let campaigns: [Bool]?
  /// Of the entity, where purchases are inherited; nil where they are not.
  let inheritedChannel: Int32?
  let campaignCount: Int

  let costs: Column<Int64>?
  let points: Column<Int64>?
  let parts: [Part]

  /// A breakdown: of its values, code `c` has the number `first + c`.
  struct Part: Sendable {
    let dimension: EntityDimension
    let column: Column<Int32>
    let names: NameTable
    let first: Int
  }

  /// - Throws: `.unknownName` for an id or campaign that the store does not have, with the one that was probably meant;
  ///   `.invalidQuery` for segments without members; `.unsolvable` for too much at once.
  init(_ query: EntityQuery, segments: SegmentMembers?, of store: JourneyStore) throws(AttributionError) {
    self.query = query
    self.segments = query.entity == .segment ? segments : nil
    let period = query.period ?? Int64.min...Int64.max
    self.period = period
    let types = store.eventTypeNames.names
    let known = Set(types)
    kinds = EventRoles(types.map { EntityEventKind(eventType: $0, among: known).rawValue })
    campaignCount = store.campaignNames.count
    campaigns = try query.campaigns.map { names throws(AttributionError) in
      try Self.campaigns(names, of: store)
    }
    costs = if case .money(let column)? = Self.property("cost", of: store) { column } else { nil }
    points = if case .integers(let column)? = Self.property("points", of: store) { column } else { nil }

    var names: [String] = []
    if query.entity == .segment {
      guard let segments else {
        throw AttributionError(
          .invalidQuery,
          "performance of segments: who belongs to which is not in the events; give a file of members (segment_id, "
            + "customer_id, joined, left)")
      }
      (names, entityColumn) = (segments.segments, nil)
    } else if case .names(let column, let table)? = Self.property(query.entity.column ?? "", of: store) {
      (names, entityColumn) = (table.names, column)
    } else {
      entityColumn = nil
    }
    (entityNames, entityOfCode) = try Self.entities(names, query)
    inheritedChannel = query.entity.inheritedChannel.map { store.channelNames.code(of: $0) ?? -1 }

    var parts: [Part] = []
    var first = 1
    for dimension in query.dimensions {
      guard case .names(let column, let names)? = Self.property(dimension.column, of: store) else { continue }
      parts.append(Part(dimension: dimension, column: column, names: names, first: first))
      first += names.count
    }
    self.parts = parts
    var days: ClosedRange<Int64>?
    if query.daily, let start = store.manifest.firstTimestamp, let end = store.manifest.lastTimestamp {
      days = query.calendar.day(start)...query.calendar.day(max(start, end))
    }
    keys = try EntityKeys(days: days, entities: entityNames.count, parts: first)
  }

  private static func property(_ name: String, of store: JourneyStore) -> JourneyStore.Property? {
    try? store.property(name)
  }

  private static func campaigns(_ names: [String], of store: JourneyStore) throws(AttributionError) -> [Bool] {
    let known = store.campaignNames.names
    var wanted = [Bool](repeating: false, count: known.count)
    for name in names {
      guard let code = store.campaignNames.code(of: name) else {
        throw unknown("campaign", name, known, of: store.directory.path)
      }
      wanted[Int(code)] = true
    }
    return wanted
  }

  /// The entities asked for, and by code which of them it is.
  private static func entities(
    _ names: [String], _ query: EntityQuery
  ) throws(AttributionError) -> ([String], [Int32]) {
    func key(_ name: String) -> String { EventID(name)?.description ?? name }
    let wanted = query.ids.map { Set($0.map(key)) }
    var entities: [String] = []
    var places: [String: Int32] = [:]
    var codes: [Int32] = []
    for name in names {
      let key = key(name)
      if wanted.map({ !$0.contains(key) }) ?? false {
        codes.append(-1)
      } else if let place = places[key] {
        codes.append(place)
      } else {
        places[key] = Int32(entities.count)
        codes.append(Int32(entities.count))
        entities.append(name)
      }
    }
    if let missing = query.ids?.first(where: { places[key($0)] == nil }) {
      throw unknown(query.entity.rawValue, missing, names, of: "these data")
    }
    return (entities, codes)
  }

  private static func unknown(
    _ what: String, _ name: String, _ known: [String], of place: String
  ) -> AttributionError {
    let hint = nearestName(to: name, among: known).map { " Did you mean '\($0)'?" } ?? ""
    return AttributionError(
      .unknownName,
      "performance: there is no \(what) '\(name)' in \(place), which have \(known.count) of them.\(hint)")
  }
}
