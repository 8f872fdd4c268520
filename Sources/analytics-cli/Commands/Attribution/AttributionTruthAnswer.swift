import Attribution

/// How far each model is from the truth, with the results it was held against.
struct AttributionTruthAnswer: Answer {
  let comparison: TruthComparison
  let results: [AttributionResult]

  private enum CodingKeys: CodingKey { case truth, results }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(comparison, forKey: .truth)
    try container.encode(results, forKey: .results)
  }

  var table: TextTable {
    var table = TextTable(
      ["model", "credit at the wrong channel", "rank correlation", "claimed", "caused"],
      title: "Models against the truth, the nearest first")
    table.rows = comparison.models.map { model in
      [
        .text(model.model.rawValue), .share(model.shareDistance), .number(model.rankCorrelation, decimals: 2),
        .number(model.claimed, decimals: 1), .number(model.caused, decimals: 1),
      ]
    }
    let caused = comparison.channels.map { channel in
      "\(channel.channel) \(TextTable.Cell.number(channel.conversions, decimals: 0).forPeople)"
    }
    table.notes = [
      "Really caused: \(caused.joined(separator: ", ")).",
      "A model divides all conversions, also those that would have come without any touch: claimed beside caused.",
    ]
    return table
  }
}
