import Attribution

/// One result as it is, several side by side.
struct AttributionAnswer: Answer {
  /// Up to so many models have their revenue in the table too.
  private static let mostWithRevenue = 5

  let results: [AttributionResult]

  init(_ results: [AttributionResult]) { self.results = results }

  private enum CodingKeys: CodingKey { case results }

  func encode(to encoder: any Encoder) throws {
    if results.count == 1 { return try results[0].encode(to: encoder) }
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(results, forKey: .results)
  }

  /// Side by side there is room for credits alone: what else was asked for has rows of its own for every model.
  var table: TextTable {
    let hasDetails = results.contains { $0.rows.contains { $0.interval != nil || $0.cost != nil } }
    return results.count == 1 || hasDetails ? detailed : sideBySide
  }

  /// The columns of the keys.
  private var dimensions: [String] { results[0].by.split(separator: ",").map(String.init) }

  private func cells(_ key: AttributionResult.Key) -> [TextTable.Cell] {
    key.names.map { $0.map { .text($0) } ?? .none }
  }

  private var unattributed: [TextTable.Cell] {
    dimensions.indices.map { $0 == 0 ? .text("(unattributed)") : .none }
  }

  /// A column beside the three that all have, where any row has it.
  private typealias Column = (name: String, cell: @Sendable (AttributionResult.Row) -> TextTable.Cell?)

  private static let columns: [Column] = [
    ("removal effect", { $0.removalEffect.map { .share($0) } }),
    ("of revenue", { $0.removalEffectRevenue.map { .share($0) } }),
    ("strength", { $0.hazard.map { .number($0.strength, decimals: 3) } }),
    ("decay a day", { $0.hazard?.decayPerDay.map { .number($0, decimals: 3) } }),
    ("standard error", { $0.standardError.map { .number($0, decimals: 4) } }),
    ("from", { $0.interval.map { .number($0.conversions[0], decimals: 1) } }),
    ("to", { $0.interval.map { .number($0.conversions[1], decimals: 1) } }),
    ("revenue from", { $0.interval.map { .number($0.revenue[0], decimals: 2) } }),
    ("revenue to", { $0.interval.map { .number($0.revenue[1], decimals: 2) } }),
    ("cost", { $0.cost.map { .number($0.cost, decimals: 2) } }),
    ("CPA", { $0.cost.map { $0.perConversion.map { .number($0, decimals: 2) } ?? .none } }),
    ("marginal CPA", { $0.cost.map { $0.perMarginalConversion.map { .number($0, decimals: 2) } ?? .none } }),
    ("ROAS", { $0.cost.map { $0.return.map { .number($0, decimals: 2) } ?? .none } }),
    ("credit to cost", { $0.cost.map { $0.creditToCost.map { .number($0, decimals: 2) } ?? .none } }),
    ("rank", { $0.interval.map { .text($0.rank[0] == $0.rank[1] ? "\($0.rank[0])" : "\($0.rank[0])–\($0.rank[1])") } }),
  ]

  private var detailed: TextTable {
    let hasModels = results.count > 1
    let columns = Self.columns.filter { column in
      results.contains { $0.rows.contains { column.cell($0) != nil } }
    }
    var table = TextTable(
      (hasModels ? ["model"] : []) + dimensions + ["conversions", "revenue", "share"] + columns.map(\.name),
      title: title(results.map(\.model.rawValue).joined(separator: ", ")))
    for result in results {
      let model: [TextTable.Cell] = hasModels ? [.text(result.model.rawValue)] : []
      let decimals = decimals(result)
      table.rows += result.rows.map { row in
        model + cells(row.key) + [
          .number(row.conversions, decimals: decimals), .number(row.revenue, decimals: 2), .share(row.share),
        ] + columns.map { $0.cell(row) ?? .none }
      }
      let (lost, total) = (result.unattributed, result.totals.conversions)
      table.rows.append(
        model + unattributed + [
          .number(lost.conversions, decimals: decimals), .number(lost.revenue, decimals: 2),
          .share(total > 0 ? lost.conversions / total : 0),
        ] + columns.map { _ in .none })
      table.notes += notes(result).map { hasModels ? "\(result.model.rawValue): \($0)" : $0 }
    }
    return table
  }

  /// Small credits, and those of games whose value is a rate, are told apart behind the point.
  private func decimals(_ result: AttributionResult) -> Int {
    let largest = result.rows.reduce(0) { max($0, abs($1.conversions)) }
    return largest >= 100 ? 1 : largest >= 1 ? 3 : 6
  }

  private func notes(_ result: AttributionResult) -> [String] {
    var notes: [String] = []
    if let sum = result.sum {
      notes.append("Rows add up to \(number(sum.conversions, 4)) by design, not to the conversions.")
    }
    if let order = result.order, let states = result.states {
      notes.append("Markov chain of order \(order), \(states) states.")
    }
    for score in result.orders ?? [] {
      notes.append(
        "order \(score.order): negative log-likelihood \(number(score.negativeLogLikelihood, 5)) a held-out journey")
    }
    for sequence in result.sequences ?? [] {
      let keys = sequence.keys.map { $0.names.map { $0 ?? "–" }.joined(separator: "/") }
      notes.append(
        "\(keys.joined(separator: " > ")): removal effect \(TextTable.Cell.share(sequence.removalEffect).forPeople)")
    }
    if let move = result.move {
      func name(_ key: AttributionResult.Key) -> String { key.names.map { $0 ?? "–" }.joined(separator: "/") }
      let spent = result.rows.first { $0.key == move.to }?.cost?.cost ?? 0
      let beyond =
        move.amount > spent
        ? " \(name(move.to)) cost \(number(spent, 2)) so far: nobody has seen what so much more would bring." : ""
      notes.append(
        "Moving \(number(move.amount, 2)) (10 %) from \(name(move.from)) to \(name(move.to)) would bring "
          + "\(number(move.conversions, 1)) conversions and \(number(move.revenue, 2)) revenue, if every sum more or "
          + "less brought what it brought on average: it does not, and credit is not cause.\(beyond)")
    }
    if result.rows.contains(where: { $0.interval.map { $0.rank[0] != $0.rank[1] } ?? false }) {
      notes.append("Rows whose ranks overlap are not told apart by these data.")
    }
    return notes
  }

  private var sideBySide: TextTable {
    let models = results.map(\.model.rawValue)
    let withRevenue = results.count <= Self.mostWithRevenue
    var table = TextTable(
      dimensions + models + (withRevenue ? models.map { "\($0) revenue" } : []),
      title: title(withRevenue ? "conversions and revenue" : "conversions"))
    let byKey = results.map { result in Dictionary(uniqueKeysWithValues: result.rows.map { ($0.key, $0) }) }
    table.rows = results[0].rows.map { first in
      let rows = byKey.map { $0[first.key] ?? first }
      return cells(first.key) + zip(rows, results).map { .number($0.conversions, decimals: decimals($1)) }
        + (withRevenue ? rows.map { .number($0.revenue, decimals: 2) } : [])
    }
    table.rows.append(
      unattributed + results.map { .number($0.unattributed.conversions, decimals: decimals($0)) }
        + (withRevenue ? results.map { .number($0.unattributed.revenue, decimals: 2) } : []))
    for result in results {
      if let sum = result.sum {
        table.notes.append("\(result.model.rawValue) adds up to \(number(sum.conversions, 4)) by design.")
      }
    }
    if !withRevenue { table.notes.append("Revenue: with fewer models, or --format json or csv.") }
    return table
  }

  private func title(_ what: String) -> String {
    let totals = results[0].totals
    let decimals = totals.conversions == totals.conversions.rounded() ? 0 : 2
    return
      "Attribution, \(what): \(number(totals.conversions, decimals)) conversions, revenue \(number(totals.revenue, 2)), "
      + "\(number(totals.journeys, decimals)) journeys"
  }

  private func number(_ number: Double, _ decimals: Int) -> String {
    TextTable.Cell.number(number, decimals: decimals).forPeople
  }
}
