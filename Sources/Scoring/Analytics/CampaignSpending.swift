import Attribution
import Stores

/// What campaigns have spent, by the campaign service's own account: `marketing_campaigns.spent_amount` and, of texts,
/// `sms_campaigns.total_cost`. Both are sums over a campaign's whole life.
public struct CampaignSpending: Sendable {
  private let url: String
  private let queue = BlockingQueue("campaign-spending")

  /// - Parameter url: of PostgreSQL.
  public init(url: String) { self.url = url }

  /// Whether the service keeps accounts of such entities.
  public static func isKnown(of entity: MarketingEntity) -> Bool { query(entity) != nil }

  /// By id, major units; nothing of an entity that no account is kept of.
  ///
  /// - Throws: `StoreError`.
  public func read(_ entity: MarketingEntity = .campaign) async throws -> [String: Double] {
    guard let query = Self.query(entity) else { return [:] }
    let url = url
    let rows = try await queue.run {
      try PostgreSQL(url: url).query(query) { row in
        Row(id: try row.text(0) ?? "", spent: try row.double(1) ?? 0)
      }
    }
    return Dictionary(rows.map { ($0.id, $0.spent) }) { $0 + $1 }
  }

  private static func query(_ entity: MarketingEntity) -> String? {
    switch entity {
    case .campaign:
      "SELECT id::text, spent_amount::float8 FROM marketing_campaigns WHERE spent_amount IS NOT NULL"
    case .smsCampaign:
      "SELECT id::text, total_cost::float8 FROM sms_campaigns WHERE total_cost IS NOT NULL"
    default: nil
    }
  }

  private struct Row { var id: String, spent: Double }
}
