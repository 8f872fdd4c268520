import Attribution

/// The lift of each experiment: a row for each of its measures.
struct HoldoutAnswer: Answer {
  let result: HoldoutResult

  init(_ result: HoldoutResult) { self.result = result }

  func encode(to encoder: any Encoder) throws { try result.encode(to: encoder) }

  var table: TextTable {
    var table = TextTable(
      [
        "channel", "experiment", "per customer", "treated", "held out", "of treated", "of held out", "lift", "from",
        "to", "relative", "p", "incremental", "at least", "at most",
      ],
      title: "Lift by randomised hold-outs, \(result.conversions.joined(separator: ", "))")
    for test in result.tests {
      let (treated, heldOut) = (test.treatment, test.holdout)
      table.rows += [
        row(
          test, "conversions", treated.conversionsPerCustomer, heldOut.conversionsPerCustomer, test.conversionsLift, 4),
        row(test, "converting", treated.conversionRate, heldOut.conversionRate, test.conversionRateLift, 4),
        row(test, "revenue", treated.revenuePerCustomer, heldOut.revenuePerCustomer, test.revenueLift, 2),
      ]
    }
    let level = TextTable.Cell.share(result.level).forPeople
    table.notes.append(
      "Intervals hold the lift, and what the treated did because of the channel, in \(level) of all cases.")
    for test in result.tests where test.conflicting + test.otherCustomers > 0 {
      table.notes.append(
        "\(test.channel ?? "–"), \(test.experiment ?? "–"): left out \(test.conflicting) later assignments to another "
          + "group and \(test.otherCustomers) customers of neither group.")
    }
    return table
  }

  private func row(
    _ test: HoldoutTest, _ measure: String, _ ofTreated: Double?, _ ofHeldOut: Double?, _ lift: Lift?, _ decimals: Int
  ) -> [TextTable.Cell] {
    func number(_ value: Double?, _ decimals: Int) -> TextTable.Cell {
      value.map { .number($0, decimals: decimals) } ?? .none
    }
    return [
      test.channel.map { .text($0) } ?? .none, test.experiment.map { .text($0) } ?? .none, .text(measure),
      .integer(test.treatment.customers), .integer(test.holdout.customers), number(ofTreated, decimals),
      number(ofHeldOut, decimals), number(lift?.absolute, decimals), number(lift?.interval?[0], decimals),
      number(lift?.interval?[1], decimals), lift?.relative.map { .share($0) } ?? .none, number(lift?.pValue, 4),
      number(lift?.incremental, 1), number(lift?.incrementalInterval?[0], 1), number(lift?.incrementalInterval?[1], 1),
    ]
  }
}
