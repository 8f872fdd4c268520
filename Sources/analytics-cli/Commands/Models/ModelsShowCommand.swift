import ArgumentParser
import Foundation
import Models

extension ModelsCommand {
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The card of a version, or of the champion.",
      discussion: """
        --plot writes two SVG files: TASK-VERSION-calibration.svg (predicted against observed, by tenths of the \
        customers) and TASK-VERSION-gain.svg (how much is found among the customers ranked first).

        Examples:
          analytics-cli models show churn --format json
          analytics-cli models show ltv --plot plots
        """)

    @Argument(help: "The task, such as churn.") var task: String
    @Argument(help: "The version (default: the champion).") var version: String?
    @Option(help: ArgumentHelp("Where the curves are drawn.", valueName: "directory")) var plot: String?
    @OptionGroup var registry: RegistryOptions
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
      let entry = try registry.registry(try await settings.load()).entry(task: task, version: version)
      if let plot { try draw(entry.card.validation, "\(task)-\(entry.version)", in: URL(filePath: plot)) }
      try answer.write(ModelCardAnswer(version: entry.version, isChampion: entry.isChampion, card: entry.card))
    }

    private func draw(_ validation: ModelCard.Validation, _ name: String, in directory: URL) throws {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      let plots = [("calibration", CurvePlot.calibration(validation, of: name)), ("gain", .gain(validation, of: name))]
      for (kind, plot) in plots {
        let path = directory.appending(path: "\(name)-\(kind).svg").path
        let file = try StreamedFile(path)
        try Array(plot.svg.utf8).withUnsafeBytes { try file.write($0) }
        try file.finish()
        Stderr.print("models: wrote \(path)")
      }
    }
  }
}

extension ModelRegistry {
  /// A version with its card, or the champion's.
  func entry(
    task: String, version: String?
  ) throws(ModelError) -> (version: String, isChampion: Bool, card: ModelCard) {
    let entry: ModelEntry?
    if let version { entry = try show(task: task, version: version) } else { entry = try champion(task: task) }
    guard let entry, let card = entry.card else {
      throw ModelError(
        .unknownName, "models: '\(task)' has no champion in \(directory.path); train one, or name a version")
    }
    return (entry.version, entry.isChampion, card)
  }
}

struct ModelCardAnswer: Answer {
  let version: String
  let isChampion: Bool
  let card: ModelCard

  enum CodingKeys: String, CodingKey {
    case version, card
    case isChampion = "champion"
  }

  var table: TextTable {
    var table = TrainAnswer(version: version, isChampion: isChampion, card: card).table
    table.notes += ["population: \(card.population)", "label: \(card.label)", "code: \(card.codeVersion)", "features:"]
    table.notes += card.features.map { "  \($0.name): \($0.meaning)" }
    return table
  }
}
