import Journeys

/// What the rows of an attribution cost, and what their credit is worth beside that.
public struct AttributionCosts: Sendable, Equatable {
  /// Major units.
  public let costs: [AttributionResult.Key: Double]

  public init(_ costs: [AttributionResult.Key: Double]) { self.costs = costs }

  /// Reads a CSV file with a column of each dimension and `cost`, major units; rows of the same names add up.
  ///
  /// - Throws: `.invalidQuery` with the line for anything else; `JourneyError` when it cannot be read.
  public init(file path: String, by dimensions: AttributionQuery.Dimensions) throws {
    var csv = CSVReader(try ByteSource(path))
    let header = try csv.next() ? (0..<csv.fieldCount).map { csv.text($0) } : []
    let columns = dimensions.names.compactMap { header.firstIndex(of: $0) }
    guard columns.count == dimensions.names.count, let cost = header.firstIndex(of: "cost") else {
      throw AttributionError(
        .invalidQuery,
        "read costs \(path): the header must have the columns \(dimensions.names.joined(separator: ", ")), cost")
    }
    var costs: [AttributionResult.Key: Double] = [:]
    while try csv.next() {
      guard csv.fieldCount == header.count, let amount = Double(csv.text(cost)), amount >= 0, amount.isFinite else {
        throw AttributionError(
          .invalidQuery, "read costs \(path):\(csv.line): it takes \(header.count) fields and a cost of at least 0")
      }
      let names = columns.map { csv.text($0) }
      costs[.init(names.map { $0.isEmpty ? nil : $0 }), default: 0] += amount
    }
    self.costs = costs
  }

  /// The results with costs in their rows.
  public func added(to results: [AttributionResult]) -> [AttributionResult] { results.map(added) }

  private func added(to result: AttributionResult) -> AttributionResult {
    var result = result
    let attributed = result.totals.conversions - result.unattributed.conversions
    let sum = result.rows.reduce(0) { $0 + (costs[$1.key] ?? 0) }
    for place in result.rows.indices {
      let row = result.rows[place]
      guard let cost = costs[row.key] else { continue }
      // Only a removal effect says what would be lost; a share of credit is the average at best.
      let lost = row.removalEffect.map { $0 * attributed } ?? row.conversions
      result.rows[place].cost = AttributionResult.Cost(
        cost: cost, perConversion: row.conversions > 0 ? cost / row.conversions : nil,
        perMarginalConversion: lost > 0 ? cost / lost : nil, return: cost > 0 ? row.revenue / cost : nil,
        creditToCost: cost > 0 && attributed > 0 ? row.conversions / attributed / (cost / sum) : nil)
    }
    result.move = move(result)
    return result
  }

  /// A tenth of the budget of the row that pays worst for a conversion to the one that pays best.
  private func move(_ result: AttributionResult) -> AttributionResult.BudgetMove? {
    let rows = result.rows.compactMap { row in
      costs[row.key].flatMap { cost in
        cost > 0
          ? (key: row.key, cost: cost, conversions: max(0, row.conversions) / cost, revenue: row.revenue / cost) : nil
      }
    }
    guard let worst = rows.min(by: { ($0.conversions, $0.key) < ($1.conversions, $1.key) }),
      let best = rows.max(by: { ($0.conversions, $1.key) < ($1.conversions, $0.key) }), worst.key != best.key
    else { return nil }
    let amount = worst.cost / 10
    return AttributionResult.BudgetMove(
      from: worst.key, to: best.key, amount: amount, conversions: amount * (best.conversions - worst.conversions),
      revenue: amount * (best.revenue - worst.revenue))
  }
}
