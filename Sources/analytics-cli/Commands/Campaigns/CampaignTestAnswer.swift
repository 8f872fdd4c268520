import Attribution

/// A row for each metric and variant; the control's has no tests.
extension CampaignTestResult: Answer {
  var table: TextTable {
    var table = TextTable(
      [
        "metric", "variant", "recipients", "mean", "adjusted", "lift", "difference", "from", "to", "p", "corrected",
        "any-time from", "any-time to", "any-time p", "corrected", "chance to win", "to be best", "expected loss",
      ],
      title: "Campaign \(campaign): \(conversions.joined(separator: ", ")) against '\(control)'")
    for comparison in metrics {
      for (variant, standing) in zip(variants, comparison.variants) {
        table.rows.append(row(variant, standing, comparison))
      }
    }
    table.notes = notes
    return table
  }

  private func row(
    _ variant: Variant, _ standing: VariantComparison.Standing, _ comparison: VariantComparison
  ) -> [TextTable.Cell] {
    let test = comparison.tests.first { $0.variant == variant.variant }
    let isRate = comparison.metric == .rate
    func amount(_ value: Double?) -> TextTable.Cell {
      value.map { isRate ? .share($0) : .number($0, decimals: 2) } ?? .none
    }
    func change(_ value: Double?) -> TextTable.Cell {
      value.map { isRate || difference == .relative ? .share($0) : .number($0, decimals: 2) } ?? .none
    }
    func probability(_ value: Double?) -> TextTable.Cell { value.map { .number($0, decimals: 4) } ?? .none }
    let (fixed, sequential) = (test?.fixedHorizon, test?.sequential)
    return [
      .text(comparison.metric.rawValue), .text(variant.variant), .integer(variant.recipients), amount(standing.mean),
      amount(standing.adjustedMean), test?.lift.map { .share($0) } ?? .none, change(fixed?.estimate),
      change(fixed?.interval?[0]), change(fixed?.interval?[1]), probability(fixed?.pValue),
      probability(fixed?.adjustedPValue), change(sequential?.interval?[0]),
      change(sequential?.interval?[1]), probability(sequential?.pValue), probability(sequential?.adjustedPValue),
      probability(test?.bayes.chanceToWin), probability(standing.probabilityToBeBest),
      standing.expectedLoss.map { isRate ? .share($0) : .number($0, decimals: 4) } ?? .none,
    ]
  }

  private var notes: [String] {
    func share(_ value: Double) -> String { TextTable.Cell.share(value).forPeople }
    func number(_ value: Double) -> String { TextTable.Cell.number(value, decimals: 4).forPeople }
    var notes = warnings.map { "warning: \($0)" }
    notes.append(
      "Sample ratio: p = \(number(sampleRatio.pValue)), \(sampleRatio.isMismatch ? "a mismatch" : "as it was meant").")
    if mixed.customers > 0 {
      let some = mixed.ids.prefix(5).joined(separator: ", ") + (mixed.customers > 5 ? ", …" : "")
      let fate = mixed.rule == .drop ? "are left out" : "count for their first"
      notes.append("\(mixed.customers) customers were shown several variants and \(fate): \(some)")
    }
    for comparison in metrics {
      if let reduction = comparison.varianceReduction {
        notes.append(
          "The customers' past explains \(share(reduction)) of the variance of \(comparison.metric.rawValue).")
      }
      for test in comparison.tests {
        if let reason = test.undefined { notes.append("\(comparison.metric.rawValue) of '\(test.variant)': \(reason)") }
      }
    }
    notes.append(
      "Intervals hold the difference in \(share(level)) of all cases; the any-time ones at every look, however often.")
    return notes
  }
}
