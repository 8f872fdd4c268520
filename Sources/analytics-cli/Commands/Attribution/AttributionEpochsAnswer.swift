import Attribution

/// Credit by period: a row for each period and key.
struct AttributionEpochsAnswer: Answer {
  let epochs: [AttributionEpochs.Epoch]

  var table: TextTable {
    guard let first = epochs.first?.results.first else { return TextTable(["period"]) }
    let dimensions = first.by.split(separator: ",").map(String.init)
    let models = epochs[0].results.map(\.model.rawValue)
    var table = TextTable(
      ["period"] + dimensions + models + models.map { "\($0) revenue" }, title: "Attribution by the end of journeys")
    for epoch in epochs {
      let rows = epoch.results.map { result in Dictionary(uniqueKeysWithValues: result.rows.map { ($0.key, $0) }) }
      for row in epoch.results[0].rows {
        table.rows.append(
          [.text(epoch.period)] + row.key.names.map { $0.map { .text($0) } ?? .none }
            + rows.map { .number($0[row.key]?.conversions ?? 0, decimals: 1) }
            + rows.map { .number($0[row.key]?.revenue ?? 0, decimals: 2) })
      }
      table.rows.append(
        [.text(epoch.period), .text("(unattributed)")] + dimensions.dropFirst().map { _ in .none }
          + epoch.results.map { .number($0.unattributed.conversions, decimals: 1) }
          + epoch.results.map { .number($0.unattributed.revenue, decimals: 2) })
    }
    return table
  }
}
