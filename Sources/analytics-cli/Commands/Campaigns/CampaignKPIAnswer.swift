import Attribution
import Scoring

/// The answer of `campaigns kpi`.
struct CampaignKPIAnswer: Answer {
  /// So many campaigns are named in a table; JSON has all.
  private static let mostNamed = 5

  let month: String
  let report: KPIReport

  // MARK: JSON

  func encode(to encoder: any Encoder) throws {
    let missed = report.kpis.filter { $0.isMet == false }.map { AnalyticsValue.text($0.target.name) }
    try AnalyticsValue.object([
      "month": .text(month), "kpis": .list(report.kpis.map(Self.object)), "missed": .list(missed),
      "campaigns_without_costs": .count(report.withoutCosts),
    ]).encode(to: encoder)
  }

  private static func object(_ kpi: KPIReport.KPI) -> AnalyticsValue {
    var object = self.object(kpi.measured)
    object["name"] = .text(kpi.target.name)
    object["target"] = kpi.target.value.map { .number($0) } ?? .null
    object["bound"] = .text(kpi.target.bound.rawValue)
    object["per_campaign"] = .flag(kpi.target.isPerCampaign)
    object["met"] = kpi.isMet.map { .flag($0) } ?? .null
    object["campaigns"] = .list(
      kpi.misses.map { miss in
        var object = self.object(miss.measured)
        object["campaign"] = .text(miss.campaign)
        object["sure"] = miss.isSure.map { .flag($0) } ?? .null
        return .object(object)
      })
    return .object(object)
  }

  private static func object(_ measured: KPIReport.Measured?) -> [String: AnalyticsValue] {
    guard let measured else { return ["value": .null, "interval": .null, "numerator": .null, "denominator": .null] }
    return [
      "value": .number(measured.value), "numerator": .number(measured.numerator),
      "denominator": .number(measured.denominator),
      "interval": measured.interval.map { .list([.number($0.lowerBound), .number($0.upperBound)]) } ?? .null,
    ]
  }

  // MARK: Table

  var table: TextTable {
    var table = TextTable(
      ["kpi", "value", "from", "to", "target", "met", "of", "campaigns"], title: "Targets, \(month)")
    table.rows = report.kpis.map { kpi in
      let share = !kpi.target.figure.isMoney
      func cell(_ number: Double?) -> TextTable.Cell {
        number.map { share ? .share($0) : .number($0, decimals: 2) } ?? .none
      }
      return [
        .text(kpi.target.name), cell(kpi.measured?.value), cell(kpi.measured?.interval?.lowerBound),
        cell(kpi.measured?.interval?.upperBound), cell(kpi.target.value),
        .text(kpi.isMet.map { $0 ? "yes" : "NO" } ?? "–"),
        kpi.measured.map { .number($0.denominator, decimals: share ? 0 : 2) } ?? .none, .integer(kpi.misses.count),
      ]
    }
    for kpi in report.kpis where !kpi.misses.isEmpty {
      let named = kpi.misses.prefix(Self.mostNamed).map { miss in
        let value: TextTable.Cell =
          kpi.target.figure.isMoney ? .number(miss.measured.value, decimals: 2) : .share(miss.measured.value)
        return "\(miss.campaign) (\(value.forPeople)\(miss.isSure == false ? ", may be chance" : ""))"
      }
      let more = kpi.misses.count - named.count
      table.notes.append(
        "\(kpi.target.name) is missed by \(named.joined(separator: ", "))\(more > 0 ? " and \(more) more" : "")")
    }
    if report.withoutCosts > 0 {
      table.notes.append("\(report.withoutCosts) campaigns have no known costs; returns and costs are without them.")
    }
    return table
  }
}
