import ArgumentParser
import Attribution
import Foundation
import Journeys

struct FunnelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "funnel",
    abstract: "How many customers take steps one after the other, and how long it takes them.",
    discussion: """
      A customer is counted once, with the chain of events that first got furthest; the window runs from its first \
      step. A step is an event type, '*' for any, or several between '|'; conditions stand in brackets: =, !=, \
      ~ (contains), !~, >, >=, <, <=, or a property alone for one that is set.
      Every rate has its interval (Wilson's, 95 %). 'still open' are those whose window reaches beyond the end of the \
      data: they have not dropped out, they are not done yet.

      --query takes the whole form in JSON instead: optional steps, times between steps, filters, comparisons, \
      sequences, retention; see 'Funnels and cohorts' in README.md.

      Examples:
        analytics-cli funnel --journeys journeys --steps email_sent,email_opened,email_clicked,purchase --window 7d
        analytics-cli funnel --journeys journeys --steps 'page_view[page=/eid],cart_added|purchase' --window 24h
        analytics-cli funnel --journeys journeys --steps email_sent,purchase --breakdown channel --limit 5
        analytics-cli funnel --journeys journeys --steps email_sent,email_opened,purchase --trend week
        analytics-cli funnel --journeys journeys --steps email_sent,purchase --customers-at -2 --format csv
        analytics-cli funnel --journeys journeys --query funnel.json
      """)

  @OptionGroup var store: StoreOptions

  @OptionGroup(title: "The funnel") var funnel: FunnelOptions
  @OptionGroup(title: "What is asked of it") var report: FunnelReportOptions

  @Option(help: ArgumentHelp("A query in JSON, in place of the options above.", valueName: "file"))
  var query: String?

  @OptionGroup var zone: TimeZoneOptions
  @OptionGroup var settings: SettingsOptions
  @OptionGroup var answer: OutputOptions

  func run() async throws {
    switch (funnel.steps, query) {
    case (let steps?, nil): try await run(steps)
    case (nil, let file?):
      if let name = funnel.firstGiven ?? report.firstGiven {
        throw ValidationError("\(name) goes with --steps; with --query the file says it")
      }
      try await QueryFile(file, "funnel").answer(store.open(), answer)
    default: throw ValidationError("give either --steps a,b,c or --query FILE")
    }
  }

  private func run(_ steps: String) async throws {
    try report.checkAlone()
    let store = try store.open()
    let calendar = try zone.calendar(await settings.load())
    let query = try usage { () throws(AttributionError) in
      let query = try funnel.query(steps, calendar, report)
      try Funnel.check(query, of: store)
      return query
    }
    for remark in query.remarks(on: store) { Stderr.print("funnel: \(remark)") }
    if let customer = report.explain {
      let plan = try usage { () throws(AttributionError) in try Funnel(query, of: store) }
      return try answer.write(FunnelExplanationAnswer(try plan.explain(customer, of: store), calendar))
    }
    if let step = report.customersAt {
      guard case .funnel(let result) = try await query.run(over: store) else { return }
      guard let users = result.usersAt.first(where: { $0.step == step && $0.value == nil }) else {
        throw ValidationError(
          "--customers-at \(step): give a step from 1 to \(query.steps.count), or -2 to -\(query.steps.count) for those "
            + "who dropped out before it")
      }
      return try answer.write(CustomerList(customers: users.users))
    }
    guard case .steps = query.report else { return try answer.write(try await query.run(over: store)) }
    var result = try await query.counts(over: store, observingMaturity: true)
    if !report.curve { result.curve = nil }
    try answer.write(result)
  }
}

/// Ids, one a line in a table.
struct CustomerList: Answer {
  let customers: [String]

  var table: TextTable {
    var table = TextTable(["customer"])
    table.rows = customers.map { [.text($0)] }
    return table
  }
}
