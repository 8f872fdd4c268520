import Journeys

/// What entities cost by somebody's books, where the events do not say it or not all of it.
public struct EntityCosts: Sendable {
  /// By entity, then by day of the local date; nil for costs without a date. Minor units.
  private var costs: [String: [Int64?: Int64]] = [:]
  public private(set) var isDated = false

  /// - Parameter spent: by id, major units.
  public init(_ spent: [String: Double]) {
    for (id, major) in spent {
      guard let minor = Money.minor(fromMajor: major)?.minor else { continue }
      costs[Self.key(id), default: [:]][nil, default: 0] += minor
    }
  }

  /// Reads a CSV file with the columns `campaign` (or as the entity is called), `cost` (major units) and, if wanted,
  /// `date`; rows of the same entity and date add up.
  ///
  /// - Throws: `.invalidQuery` with the line for anything else; `JourneyError` when it cannot be read.
  public init(file path: String, of entity: MarketingEntity) throws {
    var csv = CSVReader(try ByteSource(path))
    let header = try csv.next() ? (0..<csv.fieldCount).map { csv.text($0) } : []
    let names = [entity.rawValue, entity.column ?? "segment_id"]
    guard let id = header.firstIndex(where: { names.contains($0) }), let cost = header.firstIndex(of: "cost") else {
      throw AttributionError(
        .invalidQuery, "read costs \(path): the header must have the columns \(names[0]), cost and may have date")
    }
    let date = header.firstIndex(of: "date")
    isDated = date != nil
    while try csv.next() {
      guard csv.fieldCount == header.count, let major = Double(csv.text(cost)), major >= 0,
        let minor = Money.minor(fromMajor: major)?.minor
      else {
        throw AttributionError(
          .invalidQuery, "read costs \(path):\(csv.line): it takes \(header.count) fields and a cost of at least 0")
      }
      var day: Int64?
      if let date {
        guard let civil = CivilDate(csv.text(date)) else {
          throw AttributionError(.invalidQuery, "read costs \(path):\(csv.line): a date is written 2024-04-15")
        }
        day = civil.days
      }
      costs[Self.key(csv.text(id)), default: [:]][day, default: 0] += minor
    }
  }

  /// What is written of entities that have no row.
  public struct Unmatched: Sendable, Equatable {
    public var entities = 0
    /// Minor units.
    public var cost: Int64 = 0
  }

  /// Puts the costs into the rows of a query; a row of an entity without costs has none.
  ///
  /// - Throws: `.invalidQuery` for costs without dates and rows of days.
  public func add(to rows: inout [EntityFigures], of query: EntityQuery) throws(AttributionError) -> Unmatched {
    guard !query.daily || isDated else {
      throw AttributionError(
        .invalidQuery, "costs: without dates they cannot be divided into days; give a file with a column date")
    }
    let days = query.period.map { period in
      (period.lowerBound == .min ? Int64.min : query.calendar.day(period.lowerBound))...(period.upperBound == .max
        ? Int64.max : query.calendar.day(period.upperBound))
    }
    func isAsked(_ day: Int64?) -> Bool { day.map { day in days.map { $0.contains(day) } ?? true } ?? true }
    var unmatched = costs.mapValues { $0.filter { isAsked($0.key) } }.filter { !$0.value.isEmpty }
    for place in rows.indices {
      let key = Self.key(rows[place].id)
      guard let ofEntity = unmatched[key] else { continue }
      if let day = rows[place].day {
        rows[place].cost = ofEntity[day]
        unmatched[key]?[day] = nil
      } else {
        rows[place].cost = ofEntity.values.reduce(0, +)
        unmatched[key] = nil
      }
    }
    return unmatched.values.filter { !$0.isEmpty }.reduce(into: Unmatched()) {
      $0.entities += 1
      $0.cost += $1.values.reduce(0, +)
    }
  }

  private static func key(_ id: String) -> String { EventID(id)?.description ?? id }
}
