import Foundation
import Stores

/// The active rows of the campaign service's `customer_segments`.
public struct CustomerSegmentRows: Sendable {
  public struct Row: Sendable, Equatable {
    public var id: String
    public var name: String
    /// `segment_type`.
    public var type: String
    /// JSON.
    public var criteria: Data
  }

  private let url: String
  private let queue = BlockingQueue("customer-segments")

  /// - Parameter url: of PostgreSQL.
  public init(url: String) { self.url = url }

  /// By name, then id.
  ///
  /// - Throws: `StoreError`.
  public func read() async throws -> [Row] {
    let url = url
    return try await queue.run {
      let sql = """
        SELECT id::text, segment_name, segment_type::text, criteria::text FROM customer_segments
        WHERE is_active ORDER BY segment_name, id
        """
      return try PostgreSQL(url: url).query(sql) { row in
        Row(
          id: try row.text(0) ?? "", name: try row.text(1) ?? "", type: try row.text(2) ?? "",
          criteria: Data((try row.text(3) ?? "").utf8))
      }
    }
  }
}
