import Journeys

/// What affiliates are paid for a sale, by their codes.
public struct AffiliateTerms: Sendable {
  public struct Terms: Sendable, Equatable {
    /// Of the amount of a sale, such as 0.05.
    public var rate: Double
    /// For each sale, minor units.
    public var fixed: Int64

    public init(rate: Double = 0, fixed: Int64 = 0) {
      self.rate = rate
      self.fixed = fixed
    }
  }

  public let terms: [String: Terms]
  /// The ids of the partners in `affiliate_partners`, by code; of those too whose terms are not known.
  public let ids: [String: String]

  /// - Parameter ids: of partners, by code.
  public init(_ terms: [String: Terms], ids: [String: String] = [:]) {
    self.terms = terms
    self.ids = ids
  }

  /// Reads a CSV file with the columns `affiliate_code` and `rate` (a share of the sale, 0 to 1).
  ///
  /// - Throws: `.invalidQuery` with the line for anything else; `JourneyError` when it cannot be read.
  public init(file path: String) throws {
    var csv = CSVReader(try ByteSource(path))
    let header = try csv.next() ? (0..<csv.fieldCount).map { csv.text($0) } : []
    guard let code = header.firstIndex(of: "affiliate_code"), let rate = header.firstIndex(of: "rate") else {
      throw AttributionError(
        .invalidQuery, "read commissions \(path): the header must have the columns affiliate_code, rate")
    }
    var terms: [String: Terms] = [:]
    while try csv.next() {
      guard csv.fieldCount == header.count, let share = Double(csv.text(rate)), 0...1 ~= share else {
        throw AttributionError(
          .invalidQuery,
          "read commissions \(path):\(csv.line): it takes \(header.count) fields and a rate from 0 to 1, such as 0.05"
        )
      }
      terms[csv.text(code)] = Terms(rate: share)
    }
    self.init(terms)
  }

  /// Puts the commission into rows of affiliates whose terms are known, rounded half to even to a minor unit a row.
  public func add(to rows: inout [EntityFigures]) {
    for place in rows.indices {
      guard let terms = terms[rows[place].id] else { continue }
      let share = (Double(rows[place].counts.revenue) * terms.rate).rounded(.toNearestOrEven)
      rows[place].commission = Int64(exactly: share).map { $0 + terms.fixed * Int64(rows[place].counts.conversions) }
    }
  }
}
