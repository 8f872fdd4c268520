import Stores

/// What campaigns have spent, by the campaign service's own account: `marketing_campaigns.spent_amount`.
public struct CampaignSpending: Sendable {
  private let url: String
  private let queue = BlockingQueue("campaign-spending")

  /// - Parameter url: of PostgreSQL.
  public init(url: String) { self.url = url }

  /// By campaign id, major units.
  ///
  /// - Throws: `StoreError`.
  public func read() async throws -> [String: Double] {
    let url = url
    let rows = try await queue.run {
      try PostgreSQL(url: url).query("SELECT id::text, spent_amount::float8 FROM marketing_campaigns") { row in
        Row(id: try row.text(0) ?? "", spent: try row.double(1) ?? 0)
      }
    }
    return Dictionary(rows.map { ($0.id, $0.spent) }) { $0 + $1 }
  }

  private struct Row { var id: String, spent: Double }
}
