import ArgumentParser
import Foundation
import Stores

struct MigrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate",
    abstract: "PostgreSQL schema and MongoDB indexes: creates what is missing.",
    discussion: """
      Creates what is ours: the table marketing_analytics and its type, and the indexes of our collections. What is \
      there stays as it is, so it may run again. --local adds the campaign service's tables, which exist in production, \
      with stubs of users and vendors. Settings: ANALYTICS_POSTGRES_URL, ANALYTICS_MONGODB_URI.

      Examples:
        analytics-cli migrate
        analytics-cli migrate --local
      """)

  @Flag(help: "Add the campaign service's tables, for tests and trials.")
  var local = false

  @OptionGroup var mongo: MongoOptions
  @OptionGroup var settings: SettingsOptions
  @OptionGroup var answer: OutputOptions

  func run() async throws {
    let settings = try await settings.load()
    let url = try settings.required(.postgresURL)
    let database = try mongo.open(settings)
    let queue = BlockingQueue("migrate")
    let applied = try await queue.run { [local] in try Migrations.apply(to: try PostgreSQL(url: url), local: local) }
    let indexes = try await queue.run { try MongoIndexes.create(in: database) }
    try answer.write(MigrateAnswer(applied: applied, indexes: indexes))
  }
}

/// The answer of `migrate`.
struct MigrateAnswer: Answer {
  /// Migrations of PostgreSQL that were applied now.
  let applied: [String]
  /// Indexes of MongoDB that are there now.
  let indexes: [String]

  var table: TextTable {
    var table = TextTable(["database", "step"], title: "Schema and indexes are up to date")
    table.rows = applied.map { [.text("PostgreSQL"), .text("applied \($0)")] }
    if applied.isEmpty { table.rows.append([.text("PostgreSQL"), .text("nothing to apply")]) }
    table.rows += indexes.map { [.text("MongoDB"), .text("index \($0)")] }
    return table
  }
}
