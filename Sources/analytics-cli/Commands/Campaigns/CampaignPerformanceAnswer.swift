import Attribution
import Journeys
import Scoring

/// The answer of `campaigns performance`: one kind of entity as it is, several side by side.
struct CampaignPerformanceAnswer: Answer {
  struct Kind {
    let entity: MarketingEntity
    let rows: [EntityFigures]
  }

  /// As they were asked for.
  let from, to: String?
  let timezone: String
  let results: [Kind]
  /// The columns of a table.
  let figures: [Figure]
  let dimension: EntityDimension?

  // MARK: JSON

  private enum CodingKeys: String, CodingKey { case entity, from, to, timezone, rows, results, summary }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(from, forKey: .from)
    try container.encode(to, forKey: .to)
    try container.encode(timezone, forKey: .timezone)
    guard results.count == 1 else {
      return try container.encode(results.map { Self.object($0) }, forKey: .results)
    }
    for (key, value) in Self.object(results[0]) {
      if let key = CodingKeys(rawValue: key) { try container.encode(value, forKey: key) }
    }
  }

  private static func object(_ kind: Kind) -> [String: AnalyticsValue] {
    var object: [String: AnalyticsValue] = [
      "entity": .text(kind.entity.rawValue),
      "rows": .list(
        kind.rows.map { row in
          var object = EntityMetrics.object(row)
          object["id"] = .text(row.id)
          if let day = row.day { object["date"] = .text(CivilDate(days: day).description) }
          return .object(object)
        }),
    ]
    if kind.entity == .campaign { object["summary"] = summary(kind.rows) }
    return object
  }

  /// Of all campaigns together, as section 4.1 of the service document has it; the return is that of the campaigns
  /// whose costs are known.
  private static func summary(_ rows: [EntityFigures]) -> AnalyticsValue {
    let known = rows.filter { $0.cost != nil }
    let spent = known.reduce(Int64(0)) { $0 + ($1.cost ?? 0) }
    let returned = known.reduce(Int64(0)) { $0 + $1.counts.revenue }
    return .object([
      "total_revenue": .number(Money.major(rows.reduce(0) { $0 + $1.counts.revenue })),
      "total_spent": known.isEmpty ? .null : .number(Money.major(spent)),
      "overall_roi": spent > 0 ? .number(Double(returned - spent) / Double(spent)) : .null,
    ])
  }

  // MARK: Table

  /// What fits beside an id on a screen.
  static let important: [Figure] = [
    .size, .growthRate, .activeCustomers, .activeMembers, .pointsIssued, .pointsRedeemed, .redemptionRate, .reach,
    .sent,
    .deliveryRate, .openRate, .clicked, .clickRate, .conversions, .conversionRate, .revenue, .commission, .cost,
    .costPerAcquisition, .returnOnAdSpend,
  ]

  var table: TextTable {
    let rows = results.flatMap(\.rows)
    let own = Set(results.flatMap { dimension == nil ? Figure.all(of: $0.entity) : Figure.ofParts })
    let figures = figures.filter { own.contains($0) }
    let isDaily = rows.contains { $0.day != nil }
    let keys =
      (results.count > 1 ? ["entity"] : []) + ["id"] + (isDaily ? ["date"] : [])
      + (dimension.map { [$0.rawValue] } ?? [])
    let period = from == nil && to == nil ? "" : ", \(from ?? "…") to \(to ?? "…")"
    var table = TextTable(
      keys + figures.map(\.rawValue),
      title: "\(results.count == 1 ? results[0].entity.rawValue : "Performance")\(period) (\(timezone))")
    for row in rows {
      var cells: [TextTable.Cell] = results.count > 1 ? [.text(row.entity.rawValue)] : []
      cells.append(.text(row.id))
      if isDaily { cells.append(row.day.map { .text(CivilDate(days: $0).description) } ?? .none) }
      if let dimension {
        for (name, counts) in (row.parts[dimension] ?? [:]).sorted(by: { $0.key < $1.key }) {
          table.rows.append(cells + [.text(name)] + figures.map { Self.cell($0.value(of: counts)) })
        }
      } else {
        let own = Set(Figure.all(of: row.entity))
        table.rows.append(cells + figures.map { own.contains($0) ? Self.cell($0.value(of: row)) : .none })
      }
    }
    return table
  }

  private static func cell(_ value: Figure.Value?) -> TextTable.Cell {
    switch value {
    case .count(let count): .integer(count)
    case .money(let minor): .number(Money.major(minor), decimals: 2)
    case .price(let number), .ratio(let number): .number(number, decimals: 2)
    case .share(let share): .share(share)
    case nil: .none
    }
  }
}
