import Journeys

/// The figures of all entities of a kind, of all time or by day, in one pass over the columns.
///
/// An event belongs to the entity that it names; to a segment belongs what its members do while they are members. A
/// purchase that names no e-mail, text or affiliate inherits the one of the same campaign that reached the customer
/// last, up to the lookback before it, provided that its channel is that kind's or not said; a purchase without a
/// campaign only if its channel says so. Linear in events and memberships; everything counted is a whole number, so
/// every cut and order gives the same.
public struct EntityPerformance: Aggregation {
  let plan: EntityPlan
  private let storeDays: ClosedRange<Int64>?

  /// - Throws: `.unknownName` for an id or campaign that is not there, with the one that was probably meant;
  ///   `.invalidQuery` for segments without members; `.unsolvable` for too many to be told apart.
  public init(
    _ query: EntityQuery, segments: SegmentMembers? = nil, of store: JourneyStore
  ) throws(AttributionError) {
    plan = try EntityPlan(query, segments: segments, of: store)
    if let first = store.manifest.firstTimestamp, let last = store.manifest.lastTimestamp {
      storeDays = query.calendar.day(first)...query.calendar.day(last)
    } else {
      storeDays = nil
    }
  }

  public func empty() -> EntityTally { EntityTally() }

  public func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout EntityTally) {
    store.withColumns { columns in
      var walk = EntityWalk(plan, columns)
      walk.add(customers)
      walk.add(to: &partial)
    }
  }

  public func merge(_ later: EntityTally, into partial: inout EntityTally) { partial.counts.add(later.counts) }

  /// By id, then day. A day on which nothing happened has no row, except of segments: they have a size on every day.
  public func finish(_ partial: EntityTally) -> [EntityFigures] {
    var rows: [UInt64: EntityFigures] = [:]
    func place(_ day: Int64, _ entity: Int) -> UInt64 {
      let key = plan.keys.key(day: day, entity: entity, part: 0)
      if rows[key] == nil {
        rows[key] = EntityFigures(
          plan.query.entity, plan.entityNames[entity], day: plan.query.daily ? day : nil)
      }
      return key
    }
    for (key, counts) in partial.counts.sorted() {
      let (day, entity, part) = plan.keys.parts(key)
      let row = place(day, entity)
      if part == 0 {
        rows[row]?.counts = counts
      } else if let found = plan.parts.last(where: { $0.first <= part }) {
        rows[row]?.parts[found.dimension, default: [:]][found.names[Int32(part - found.first)]] = counts
      }
    }
    if let segments = plan.segments {
      for entity in plan.entityNames.indices {
        for day in days { _ = place(day, entity) }
      }
      for (key, row) in rows {
        let entity = plan.keys.parts(key).entity
        rows[key]?.size = size(of: entity, in: segments, at: end(of: row))
        rows[key]?.growth = growth(of: entity, in: segments, until: end(of: row))
      }
    }
    return rows.values.sorted { ($0.id, $0.day ?? 0) < ($1.id, $1.day ?? 0) }
  }

  // MARK: Segments

  /// That have rows, whatever happened: 0 where days are not told apart.
  private var days: ClosedRange<Int64> {
    guard plan.query.daily, let storeDays else { return 0...0 }
    let calendar = plan.query.calendar
    let first = plan.period.lowerBound == .min ? storeDays.lowerBound : calendar.day(plan.period.lowerBound)
    let last = plan.period.upperBound == .max ? storeDays.upperBound : calendar.day(plan.period.upperBound)
    let start = max(first, storeDays.lowerBound)
    return start...max(start, min(last, storeDays.upperBound))
  }

  /// The last moment of a row.
  private func end(of row: EntityFigures) -> Int64 {
    if let day = row.day { return min(plan.period.upperBound, plan.query.calendar.start(ofDay: day + 1) - 1) }
    let end = storeDays.map { plan.query.calendar.start(ofDay: $0.upperBound + 1) - 1 } ?? .max
    return min(plan.period.upperBound, end)
  }

  private func size(of entity: Int, in segments: SegmentMembers, at moment: Int64) -> Int {
    var size = 0
    for (code, place) in plan.entityOfCode.enumerated() where place == Int32(entity) {
      size += segments.size(code, at: moment)
    }
    return size
  }

  /// Since the moment before the month of `moment` began.
  private func growth(of entity: Int, in segments: SegmentMembers, until moment: Int64) -> Double? {
    guard segments.isDated, moment != .max else { return nil }
    let calendar = plan.query.calendar
    let before = calendar.start(of: .month, calendar.period(.month, of: moment)) - 1
    let base = size(of: entity, in: segments, at: before)
    return base > 0 ? Double(size(of: entity, in: segments, at: moment)) / Double(base) - 1 : nil
  }
}

/// What is counted: by day, entity and part of its figures.
public struct EntityTally: Sendable, Codable, Equatable {
  var counts = KeyedSums<EntityCounts>()
}
