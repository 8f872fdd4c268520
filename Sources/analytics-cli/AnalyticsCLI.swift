import ArgumentParser

@main
struct AnalyticsCLI: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analytics-cli",
    abstract: "Marketing analytics and ML scoring: from Kafka events to looked-up scores.")
}
