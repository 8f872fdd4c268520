import ArgumentParser
import Attribution
import Foundation
import Journeys

struct CampaignKPICommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kpi",
    abstract: "A month against its targets, and what misses them.",
    discussion: """
      The targets are those of the marketing service's documentation: e-mail delivery 95 %, open 25 %, click 3 %, \
      conversion 1 %, unsubscriptions at most 0.5 % of each campaign; texts delivery 98 %, click 10 %, opt-outs at \
      most 1 % of each campaign; 4 of revenue for 1 spent (romi). --targets, or the setting kpi.targets \
      (ANALYTICS_KPI_TARGETS), sets others. What no event says is not measured: responses to interactive texts, \
      qualified leads, brand awareness.

      Every rate has its interval (95 %, Wilson). A campaign is named with a rate that misses the target by itself, as \
      'sure' when chance alone does not explain it.

      Examples:
        analytics-cli campaigns kpi --journeys journeys --month 2024-05 --format table
        analytics-cli campaigns kpi --journeys journeys --month 2024-05 --targets email.open_rate=0.2,overall.romi=5
      """)

  @OptionGroup var store: StoreOptions

  @Option(help: ArgumentHelp("Which month, such as 2024-05.", valueName: "month"))
  var month: String

  @Option(
    help: ArgumentHelp("Targets in place of the standard ones, with commas: email.open_rate=0.2.", valueName: "list"))
  var targets: String?

  @OptionGroup var costs: CampaignCostOptions
  @OptionGroup var zone: TimeZoneOptions
  @OptionGroup var settings: SettingsOptions
  @OptionGroup var answer: OutputOptions

  func run() async throws {
    let settings = try await settings.load()
    let calendar = try zone.calendar(settings)
    let changes = settings.optional(.kpiTargets, flag: targets) ?? ""
    let targets = try usage { () throws(AttributionError) in try KPITarget.standard(with: changes) }
    guard month.count == 7, let first = CivilDate("\(month)-01") else {
      throw ValidationError("--month \(month): write it as 2024-05")
    }
    let number = first.year * 12 + first.month - 1
    let end = calendar.start(of: .month, number + 1)
    var query = EntityQuery(.campaign, calendar: calendar, period: calendar.start(of: .month, number)...end - 1)
    query.dimensions = [.channel]
    let store = try store.open()
    if let last = store.manifest.lastTimestamp, last < end - 86_400_000_000 {
      Stderr.print(
        "campaigns kpi: the events end on \(CivilDate(days: calendar.day(last))): \(month) is not over, or not all "
          + "there"
      )
    }
    var rows = try await usage { [query] () throws(AttributionError) in
      try EntityPerformance(query, of: store)
    }.run(over: store)
    try await costs.add(to: &rows, of: query, store, settings)
    try answer.write(CampaignKPIAnswer(month: month, report: KPIReport(rows, targets)))
  }
}
