import ArgumentParser
import Foundation
import Models

@main
struct AnalyticsCLI: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analytics-cli",
    abstract: "Marketing analytics and ML scoring: from Kafka events to looked-up scores.",
    discussion: """
      Data goes to stdout; progress, logs and warnings go to stderr.
      Settings: flag, then environment ANALYTICS_*, then --config FILE (YAML), then default.
      Exit status: 0 done, 1 failed, 3 done but some input was rejected, 64 wrong usage.
      """,
    version: CodeVersion.current,
    subcommands: [
      GenerateCommand.self, IngestCommand.self, SnapshotCommand.self, ImportCommand.self,
      AttributionCommand.self, FunnelCommand.self, CohortCommand.self, CampaignsCommand.self, SegmentsCommand.self,
      FeaturesCommand.self,
      TrainCommand.self, ModelsCommand.self, FitCommand.self, PredictCommand.self,
      ScoreCommand.self, LookupCommand.self, ServeCommand.self, MigrateCommand.self,
    ])

  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let signals = Signals()
    let work = Task {
      var command = try parseAsRoot(arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    }
    signals.onSignal { work.cancel() }
    do {
      try await work.value
    } catch is CancellationError {
      Stderr.print("analytics-cli: stopped; nothing half written is left")
      // What a shell reports for a program that the signal ended.
      Foundation.exit(128 + (signals.received ?? SIGINT))
    } catch {
      exit(withError: error)
    }
  }
}
