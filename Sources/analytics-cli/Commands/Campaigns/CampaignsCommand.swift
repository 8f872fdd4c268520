import ArgumentParser

struct CampaignsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "campaigns",
    abstract: "What campaigns and their like did, cost and earned; a month's targets; which variant does better.",
    discussion: """
      Examples:
        analytics-cli campaigns --journeys journeys --from 2024-05-01 --to 2024-05-31 --format table
        analytics-cli campaigns performance --journeys journeys --entity sms_campaign --daily
        analytics-cli campaigns kpi --journeys journeys --month 2024-05
        analytics-cli campaigns ab 8c6f0d2e-5b1a-4f4e-9d0a-1f2e3d4c5b6a --journeys journeys --format table
        analytics-cli campaigns ab --query test.json
      """,
    subcommands: [CampaignPerformanceCommand.self, CampaignKPICommand.self, CampaignsABCommand.self],
    defaultSubcommand: CampaignPerformanceCommand.self)
}
