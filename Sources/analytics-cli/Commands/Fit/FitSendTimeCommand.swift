import ArgumentParser
import Foundation
import Journeys
import Models

struct FitSendTimeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "send-time",
    abstract: "The hour at which each customer opens best, from sends, opens and sessions.",
    discussion: """
      --sends has the columns customer,hour,opened and, if known, machine_flag (1: a machine opened it, which tells \
      nothing of the customer); --sessions has customer,hour. Hours are 0-23, or 0-167 from Monday's midnight on.
      --output gets a line for each customer: the best hour, the best hour outside of the quiet hours, P(open) there, \
      its gain over everyone's best hour, and the distribution over the hours (share_0, share_1, ...; sums to 1).
      The gain is reported from sends that the model did not see (self-normalised inverse propensity scoring), with \
      a 95 % interval; it needs a marketer who tried other hours than the usual ones now and then.

      Examples:
        analytics-cli fit send-time --sends sends.csv --sessions sessions.csv --hours 24 --output hours.csv
        analytics-cli fit send-time --sends sends.csv.gz --sessions sessions.csv.gz --hours 168 --quiet-hours 21-9 \\
          --folds 0 --model rhythms.json
      """)

  @Option(help: ArgumentHelp("CSV file of sends.", valueName: "file"))
  var sends: String

  @Option(help: ArgumentHelp("CSV file of sessions: visits that no message caused.", valueName: "file"))
  var sessions: String

  @Option(help: ArgumentHelp("24 for hours of the day, 168 for hours of the week.", valueName: "24|168"))
  var hours: Int

  @Option(help: ArgumentHelp("When nothing is to be sent, such as 22-8; or none.", valueName: "hours"))
  var quietHours = "22-8"

  @Option(
    help: ArgumentHelp("Parts of the sends, each held out once to measure the gain; 0 for no measure.", valueName: "n"))
  var folds = 5

  @Option(
    name: .customLong("set"), parsing: .upToNextOption,
    help: ArgumentHelp(
      "rhythms, levels, bandwidth, weekdayCorrelation, sessionWeight, tolerance, maximumIterations, maximumCustomers, "
        + "threads.", valueName: "name=value"))
  var pairs: [String] = []

  @Option(help: ArgumentHelp("Write the hours of each customer here, as CSV.", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("Write the model here as JSON.", valueName: "file"))
  var model: String?

  @OptionGroup var report: ReportOptions

  func run() async throws {
    guard hours == 24 || hours == 168 else { throw ValidationError("--hours is 24 (of the day) or 168 (of the week)") }
    guard folds == 0 || 2...64 ~= folds else { throw ValidationError("--folds is 2 to 64, or 0 for no measure") }
    let (policy, learner) = (try policy(), try learner())
    var (read, fit, predict, evaluate): (Double?, Double?, Double?, Double?)
    let progress = Progress("fit send-time", unit: "rows")
    let table = try measured(&read) {
      try SendTimeTable(sends: sends, sessions: sessions, hours: hours, folds: max(folds, 1)) { bytes, total, rows in
        try progress.update(share: total.map { Double(bytes) / Double(max($0, 1)) }, count: rows)
      }
    }
    progress.finish()
    let fitted = try await measured(&fit) { try await learner.fit(table.histories) }
    let forecaster = SendTimeForecaster(fitted)
    let expected = try measured(&predict) { try write(table, forecaster, policy) }
    if let model { try ModelFile.write(fitted, to: URL(filePath: model)) }
    var evaluation: SendTimeEvaluation?
    if folds > 0 {
      let parts = Progress("fit send-time, held-out parts", unit: "parts")
      evaluation = try await measured(&evaluate) {
        try await SendTimeEvaluation(table.histories, holding: 0..<folds, learner: learner) { done in
          try parts.update(share: Double(done) / Double(folds), count: done)
        }
      }
      parts.finish()
    }
    try report.write(
      SendTimeReport(
        table, forecaster, policy: policy, expected: expected, evaluation: evaluation,
        seconds: .init(read: read ?? 0, fit: fit ?? 0, predict: predict ?? 0, evaluate: evaluate)))
  }

  /// - Returns: sums of P(open) over all customers, at their own and at the common hour.
  private func write(
    _ table: SendTimeTable, _ forecaster: SendTimeForecaster, _ policy: SendPolicy
  ) throws -> (own: Double, common: Double) {
    let sink = try output.map { try TextSink($0) }
    let named = [
      "customer", "hour", "allowed_hour", "open_probability", "gain", "gain_deviation", "mean_open_probability",
      "sends",
      "opens", "sessions",
    ]
    try sink?.write(TextTable.csvLine(named + (0..<hours).map { "share_\($0)" }))
    var expected = (own: 0.0, common: 0.0)
    for start in stride(from: 0, to: table.customers.count, by: customersPerChunk) {
      let customers = start..<min(start + customersPerChunk, table.customers.count)
      let forecasts = forecaster.forecasts(of: customers, in: table.histories)
      for (customer, forecast) in zip(customers, forecasts) {
        expected.own += forecast.openProbability
        expected.common += forecast.commonProbability
        guard let sink else { continue }
        let mean = forecast.probabilities.reduce(0, +) / Double(hours)
        let fields = [
          table.customers[customer], String(forecast.hour), String(policy.bestHour(forecast.probabilities)),
          "\(forecast.openProbability)", "\(forecast.gain)", "\(forecast.gainDeviation)", "\(mean)",
          String(forecast.sends), String(forecast.opens), String(forecast.sessions),
        ]
        try sink.write(TextTable.csvLine(fields + forecast.distribution.map { "\($0)" }))
      }
    }
    try sink?.finish()
    return expected
  }

  private func policy() throws -> SendPolicy {
    do {
      return try SendPolicy(quietHours: quietHours)
    } catch {
      throw ValidationError("--quiet-hours: \(error.message)")
    }
  }

  private func learner() throws -> SendTimeLearner {
    var learner = SendTimeLearner()
    for pair in pairs {
      let parts = pair.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let value = Double(parts[1]), value.isFinite, value >= 0 else {
        throw ValidationError("--set \(pair): write name=value with a number, such as rhythms=16")
      }
      func whole() throws -> Int {
        guard let number = Int(exactly: value) else { throw ValidationError("--set \(pair): write a whole number") }
        return number
      }
      switch parts[0] {
      case "rhythms": learner.settings.rhythms = try whole()
      case "levels": learner.settings.levels = try whole()
      case "bandwidth": learner.settings.bandwidth = value
      case "weekdayCorrelation": learner.settings.weekdayCorrelation = value
      case "sessionWeight": learner.settings.sessionWeight = value
      case "tolerance": learner.settings.tolerance = value
      case "maximumIterations": learner.settings.maximumIterations = try whole()
      case "maximumCustomers": learner.settings.maximumCustomers = try whole()
      case "threads": learner.threads = max(1, try whole())
      default:
        throw ValidationError(
          "--set \(pair): send-time has the settings rhythms, levels, bandwidth, weekdayCorrelation, sessionWeight, "
            + "tolerance, maximumIterations, maximumCustomers and threads")
      }
    }
    return learner
  }
}

extension SendTimeReport: Answer {
  var table: TextTable {
    var table = TextTable(
      ["open rate on held-out sends", "own hour", "best hour of all", "gain", "from", "to", "sends matched"],
      title: "send-time: \(customers) customers, \(hours) hours")
    func row(_ name: String, _ comparison: SendTimeEvaluation.Comparison?) -> [TextTable.Cell] {
      guard let comparison else { return [.text(name)] + Array(repeating: .none, count: 6) }
      return [
        .text(name), .number(comparison.policy.value, decimals: 4),
        .number(comparison.globalBestHour.value, decimals: 4),
        .number(comparison.gain.value, decimals: 4), .number(comparison.gain.low, decimals: 4),
        .number(comparison.gain.high, decimals: 4), .integer(comparison.matchedSends),
      ]
    }
    if let evaluation {
      table.rows = [
        row("every part held out once", evaluation.crossFitted), row("first part held out", evaluation.heldOut),
        row("without customers of machine opens", evaluation.withoutMachineCustomers),
      ]
      table.rows += evaluation.byHistory.map { row("\($0.sends) sends before", $0.comparison) }
    }
    table.notes = [
      "everyone's best hour: \(everyone.hour), outside of quiet hours \(everyone.allowedHour)",
      String(
        format: "expected open rate: %.4f at own hours, %.4f at everyone's best hour", expectedOpenRate,
        expectedOpenRateAtCommonHour),
    ]
    return table
  }
}
