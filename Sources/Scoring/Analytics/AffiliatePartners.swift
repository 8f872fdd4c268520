import Attribution
import Foundation
import Journeys
import Stores

/// Affiliates as the campaign service knows them: `affiliate_partners` and the commission of their programs.
///
/// `commission_structure` is read where it has `rate` (a share, such as 0.05), `percentage` (such as 5) or
/// `fixed_amount` (major units a sale), the last beside one of the others if wanted. Terms of another form are not
/// known.
public struct AffiliatePartners: Sendable {
  private let url: String
  private let queue = BlockingQueue("affiliate-partners")

  /// - Parameter url: of PostgreSQL.
  public init(url: String) { self.url = url }

  /// - Returns: nil where the database has no such table.
  /// - Throws: `StoreError`.
  public func read() async throws -> AffiliateTerms? {
    let url = url
    let rows: [Row]? = try await queue.run {
      let database = try PostgreSQL(url: url)
      let isThere = try database.query("SELECT to_regclass('affiliate_partners') IS NOT NULL") { row in
        try row.bool(0) ?? false
      }
      guard isThere == [true] else { return nil }
      return try database.query(
        """
        SELECT partner.affiliate_code, partner.id::text, program.commission_structure::text
        FROM affiliate_partners AS partner JOIN affiliate_programs AS program ON program.id = affiliate_program_id
        """
      ) { row in
        Row(code: try row.text(0) ?? "", id: try row.text(1) ?? "", structure: try row.text(2) ?? "")
      }
    }
    guard let rows else { return nil }
    var terms: [String: AffiliateTerms.Terms] = [:]
    for row in rows { terms[row.code] = Self.terms(row.structure) }
    return AffiliateTerms(terms, ids: Dictionary(rows.map { ($0.code, $0.id) }) { first, _ in first })
  }

  private struct Row { var code: String, id: String, structure: String }

  private struct Structure: Decodable {
    var rate: Double?
    var percentage: Double?
    var fixedAmount: Double?

    enum CodingKeys: String, CodingKey {
      case rate, percentage
      case fixedAmount = "fixed_amount"
    }
  }

  private static func terms(_ text: String) -> AffiliateTerms.Terms? {
    guard let structure = try? JSONDecoder().decode(Structure.self, from: Data(text.utf8)) else { return nil }
    let rate = structure.rate ?? structure.percentage.map { $0 / 100 }
    guard rate != nil || structure.fixedAmount != nil, 0...1 ~= rate ?? 0,
      let fixed = Money.minor(fromMajor: structure.fixedAmount ?? 0)?.minor, fixed >= 0
    else { return nil }
    return AffiliateTerms.Terms(rate: rate ?? 0, fixed: fixed)
  }
}
