import ArgumentParser

struct CampaignsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "campaigns",
    abstract: "Campaigns: which variant of one does better.",
    discussion: """
      Examples:
        analytics-cli campaigns ab 8c6f0d2e-5b1a-4f4e-9d0a-1f2e3d4c5b6a --journeys journeys --format table
        analytics-cli campaigns ab --query test.json
      """,
    subcommands: [CampaignsABCommand.self])
}
