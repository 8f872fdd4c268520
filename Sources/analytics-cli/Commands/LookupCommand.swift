import ArgumentParser
import Foundation
import Scoring

struct LookupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lookup",
    abstract: "Customers' scores, as the service answers them.",
    discussion: """
      In the order asked; JSON as of POST /v1/scores:lookup. If some customers have no scores, the others' are printed \
      all the same, and the exit status is 3. Setting: ANALYTICS_MONGODB_URI.

      Examples:
        analytics-cli lookup 6f0d2f4e-0c5c-4c1e-9a53-2f8f3f6a2b11
        analytics-cli lookup --format csv --output scores.csv alice bob
      """)

  @Argument(help: ArgumentHelp("Customers' ids.", valueName: "customer-id"))
  var customers: [String]

  @OptionGroup var mongo: MongoOptions
  @OptionGroup var settings: SettingsOptions
  @OptionGroup var answer: OutputOptions

  func validate() throws {
    guard customers.allSatisfy({ 1...128 ~= $0.utf8.count }) else {
      throw ValidationError("a customer's id has 1 to 128 bytes")
    }
  }

  func run() async throws {
    let store = MongoScoreStore(try mongo.open(try await settings.load()))
    var lookup = ScoreLookup(results: [], missing: [])
    for start in stride(from: 0, to: customers.count, by: ScoreLookup.limit) {
      try Task.checkCancellation()
      let part = try await store.scores(for: Array(customers[start..<min(start + ScoreLookup.limit, customers.count)]))
      lookup.results += part.results
      lookup.missing += part.missing
    }
    try answer.write(LookupAnswer(lookup: lookup))
    if !lookup.missing.isEmpty {
      Stderr.print("lookup: no scores for \(lookup.missing.count) of \(customers.count) customers")
      throw ExitCode.someRejected
    }
  }
}

/// The answer of `lookup`.
struct LookupAnswer: Answer {
  let lookup: ScoreLookup

  func encode(to encoder: any Encoder) throws { try lookup.encode(to: encoder) }

  var table: TextTable {
    var table = TextTable(
      ["customer", "churn probability", "lifetime value", "next purchase", "models", "as of", "scored at"])
    table.rows = lookup.results.map { result in
      func cell(_ metric: PredictedMetric, decimals: Int) -> TextTable.Cell {
        result.scores[metric].map { .number($0, decimals: decimals) } ?? .none
      }
      func cell(_ date: Date?) -> TextTable.Cell { date.map { .text($0.ISO8601Format()) } ?? .none }
      let models = result.modelVersions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      return [
        .text(result.customerID), cell(.churnProbability, decimals: 4), cell(.lifetimeValue, decimals: 2),
        cell(.nextPurchaseProbability, decimals: 4), .text(models.joined(separator: ", ")), cell(result.asOf),
        cell(result.scoredAt),
      ]
    }
    return table
  }
}
