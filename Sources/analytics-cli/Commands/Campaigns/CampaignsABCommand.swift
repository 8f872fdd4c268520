import ArgumentParser
import Attribution
import Foundation
import Journeys

struct CampaignsABCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ab",
    abstract: "Which variant of a campaign does better, by how much, and how sure that is.",
    discussion: """
      A customer's first event that names the campaign and a variant (event_data.variant) assigns him to it; what he \
      does in the window behind it is his outcome, what he did before it his past, which is taken out of the means \
      (CUPED). Every variant is held against the control: at a fixed horizon (Welch's test; one look, at a size that was \
      set before), by a sequential test that is valid at every look, and by Bayes; and all against each other for the \
      probability to be best and the loss of choosing it. Look at the sample ratio first: recipients who are not split \
      as they were meant to be make the rest worthless.
      p-values are corrected over all variants and metrics: by Holm (default: no false alarm among all of them), or by \
      Benjamini and Hochberg (few false alarms among the alarms). Intervals are those of one comparison.

      --query reads an experiment out from its sums instead, without events: 'ab_test' (fixed horizon, sequential or \
      Bayesian, of a mean, a proportion or a ratio) or 'ab_srm' (the sample ratio).

      Examples:
        analytics-cli campaigns ab 8c6f0d2e-5b1a-4f4e-9d0a-1f2e3d4c5b6a --journeys journeys --format table
        analytics-cli campaigns ab eid-sale --journeys journeys --control plain --split plain=1,emoji=1 --window 14d
        analytics-cli campaigns ab eid-sale --journeys journeys --conversion email_clicked --own-events --metrics rate
        analytics-cli campaigns ab --query test.json
      """)

  @Argument(help: "The campaign's id.") var campaign: String?

  @Option(help: ArgumentHelp("The journey store, as 'import' or 'snapshot' wrote it.", valueName: "directory"))
  var journeys: String?

  @OptionGroup(title: "Who and what is compared") var test: CampaignTestOptions
  @OptionGroup(title: "How sure it is") var certainty: CampaignTestCertaintyOptions

  @Option(help: ArgumentHelp("The sums of an experiment in JSON, in place of a campaign.", valueName: "file"))
  var query: String?

  @OptionGroup var zone: TimeZoneOptions
  @OptionGroup var settings: SettingsOptions
  @OptionGroup var answer: OutputOptions

  func run() async throws {
    switch (campaign, query) {
    case (nil, let file?):
      let given = (journeys == nil ? nil : "--journeys") ?? test.firstGiven ?? certainty.firstGiven
      if let given { throw ValidationError("\(given) goes with a campaign; with --query the file says it") }
      try answer.write(ExperimentAnswer(result: try QueryFile(file, "campaigns ab").experiment()))
    case (let campaign?, nil): try await run(campaign)
    default: throw ValidationError("give either a campaign and --journeys DIRECTORY, or --query FILE")
    }
  }

  private func run(_ campaign: String) async throws {
    guard let journeys else { throw ValidationError("give --journeys DIRECTORY") }
    let store = try JourneyStore(URL(filePath: journeys))
    var query = CampaignTestQuery(campaign)
    try test.set(&query, zone.calendar(await settings.load()))
    certainty.set(&query)
    let test = try usage { [query] () throws(AttributionError) in try CampaignTest(query, of: store) }
    let counts = try await test.run(over: store)
    try answer.write(try usage { () throws(AttributionError) in try test.result(counts, of: store) })
  }
}

/// Numbers under their names: a read-out is a list of them.
struct ExperimentAnswer: Answer {
  let result: ExperimentResult

  func encode(to encoder: any Encoder) throws { try result.encode(to: encoder) }

  var table: TextTable {
    var table = TextTable(["figure", "value"])
    let fields = (try? JSONSerialization.jsonObject(with: JSONEncoder().encode(result))) as? [String: Any] ?? [:]
    table.rows = fields.sorted { $0.key < $1.key }.map { name, value in
      let values = (value as? [Any] ?? [value]).map { "\($0)" }
      return [.text(name), .text(values.joined(separator: " to "))]
    }
    return table
  }
}
