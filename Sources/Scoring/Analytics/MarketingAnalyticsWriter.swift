import Foundation
import Journeys
import Stores

/// Writes rows of `marketing_analytics` (section 2.1 of the service document): all of them or, on an error, none.
///
/// A row that exists gets the new keys and keeps its others; a row that would stay as it is is not rewritten.
public struct MarketingAnalyticsWriter: Sendable {
  private let url: String
  private let queue = BlockingQueue("marketing-analytics")

  /// - Parameter url: of PostgreSQL; connects when there is something to write.
  public init(url: String) { self.url = url }

  /// Connects and looks whether the table is there, so that a long job can find out before its work.
  /// - Throws: `StoreError`; its remedy for a missing table is to migrate.
  public func check() async throws {
    let url = url
    try await queue.run { _ = try PostgreSQL(url: url).execute("SELECT FROM marketing_analytics LIMIT 0") }
  }

  /// Of two rows with the same entity and day the keys are merged, the later row's winning.
  public func write(_ rows: [AnalyticsRow]) async throws -> AnalyticsWrites {
    var writes = AnalyticsWrites()
    var merged: [Key: [String: AnalyticsValue]] = [:]
    var skipped: Set<String> = []
    for row in rows {
      guard let id = EventID(row.entityID) else {
        writes.skippedRows += 1
        skipped.insert(row.entityID)
        continue
      }
      let key = Key(entityType: row.entityType, entityID: id, day: row.day)
      merged[key, default: [:]].merge(row.metrics) { _, later in later }
    }
    writes.skippedEntities = skipped.count
    guard !merged.isEmpty else { return writes }

    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let lines = try merged.map { key, metrics -> [SQLValue] in
      [
        .text(key.entityType.rawValue), .text(key.entityID.description), .text(CivilDate(days: key.day).description),
        .text(String(decoding: try encoder.encode(metrics), as: UTF8.self)),
      ]
    }
    let url = url
    let counts = try await queue.run { try Self.merge(lines, at: url) }
    writes.inserted = counts.inserted
    writes.updated = counts.updated
    writes.unchanged = lines.count - counts.inserted - counts.updated
    return writes
  }

  private struct Key: Hashable {
    var entityType: AnalyticsRow.EntityType
    var entityID: EventID
    var day: Int64
  }

  private struct Counts {
    var inserted = 0
    var updated = 0
  }

  private static func merge(_ rows: [[SQLValue]], at url: String) throws -> Counts {
    let columns = ["entity_type", "entity_id", "date", "metrics"]
    let list = columns.joined(separator: ", ")
    return try PostgreSQL(url: url).transaction { database in
      try database.execute(
        "CREATE TEMP TABLE analytics_rows ON COMMIT DROP AS SELECT \(list) FROM marketing_analytics WITH NO DATA")
      try database.copy(into: "analytics_rows", columns: columns, rows: rows)
      // In the order of the key, so that two writers do not wait for each other in a circle. The row that an INSERT
      // made has no xmax; one that it updated carries the updating transaction there.
      let counts = try database.query(
        """
        WITH written AS (
          INSERT INTO marketing_analytics AS old (\(list))
          SELECT \(list) FROM analytics_rows ORDER BY entity_type, entity_id, date
          ON CONFLICT (entity_type, entity_id, date) DO UPDATE SET metrics = old.metrics || EXCLUDED.metrics
          WHERE old.metrics IS DISTINCT FROM old.metrics || EXCLUDED.metrics
          RETURNING xmax = 0 AS is_new)
        SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written
        """
      ) { row throws(StoreError) in Counts(inserted: Int(try row.int(0) ?? 0), updated: Int(try row.int(1) ?? 0)) }
      return counts.first ?? Counts()
    }
  }
}

/// What became of the rows.
public struct AnalyticsWrites: Sendable, Equatable {
  public var inserted = 0
  public var updated = 0
  public var unchanged = 0
  /// Rows whose entity's id is no UUID, and how many such entities there are.
  public var skippedRows = 0
  public var skippedEntities = 0

  public init() {}
}
