import ArgumentParser
import Configuration
import Foundation
import Yams

/// A setting: where it stands in the YAML file, and by that its environment variable.
///
/// `kafka.brokers` is `kafka: {brokers: …}` in the file and `ANALYTICS_KAFKA_BROKERS` in the environment.
enum Setting: String, CaseIterable {
  case kafkaBrokers = "kafka.brokers"
  case kafkaTopic = "kafka.topic"
  case kafkaGroup = "kafka.group"
  case kafkaDLQTopic = "kafka.dlq.topic"
  case kafkaPropertiesFile = "kafka.properties.file"
  case ingestBatchEvents = "ingest.batch.events"
  case mongoURI = "mongodb.uri"
  case mongoDatabase = "mongodb.database"
  case postgresURL = "postgres.url"
  case modelsDirectory = "models.directory"
  case timeZone = "timezone"
  case kpiTargets = "kpi.targets"
  case logLevel = "log.level"
  case serveHost = "serve.host"
  case servePort = "serve.port"
  case jwtKeyFile = "jwt.key.file"
  case jwksFile = "jwks.file"

  var environmentName: String { "ANALYTICS_" + rawValue.uppercased().replacingOccurrences(of: ".", with: "_") }

  var fallback: String? {
    switch self {
    case .kafkaTopic: "marketing.events"
    case .kafkaGroup: "marketing-analytics"
    case .mongoDatabase: "marketing"
    case .modelsDirectory: "models"
    case .timeZone: "Asia/Dhaka"
    case .logLevel: "info"
    case .serveHost: "127.0.0.1"
    case .servePort: "8080"
    default: nil
    }
  }
}

/// `--config FILE`, in every command that has settings.
struct SettingsOptions: ParsableArguments {
  @Option(help: ArgumentHelp("YAML file with settings, such as kafka: {brokers: …}.", valueName: "file"))
  var config: String?

  func load() async throws -> Settings { try await Settings(configFile: config) }
}

/// Flag, then environment, then file, then default.
struct Settings: Sendable {
  private let reader: ConfigReader

  init(configFile: String?) async throws {
    let environment = EnvironmentVariablesProvider().prefixKeys(with: "analytics")
    guard let configFile else {
      reader = ConfigReader(provider: environment)
      return
    }
    try Self.checkNames(configFile)
    do {
      let file = try await FileProvider<YAMLSnapshot>(filePath: .init(configFile))
      reader = ConfigReader(providers: [environment, file])
    } catch {
      throw ValidationError("--config \(configFile): the file cannot be read as YAML settings")
    }
  }

  /// A setting whose name is mistyped would be left out without a word.
  private static func checkNames(_ file: String) throws {
    let text: String
    do {
      text = try String(contentsOfFile: file, encoding: .utf8)
    } catch {
      throw ValidationError("--config \(file): the file cannot be read")
    }
    let root: Node?
    do {
      root = try compose(yaml: text)
    } catch {
      throw ValidationError("--config \(file): \(Self.line(of: error)) is no YAML")
    }
    guard let root, root.mapping != nil else {
      throw ValidationError("--config \(file): there are no settings in it, such as kafka: {brokers: …}")
    }
    let known = Set(Setting.allCases.map(\.rawValue))
    for name in names(root, below: "") where !known.contains(name) {
      throw ValidationError(
        "--config \(file): there is no setting '\(name)'; there are \(known.sorted().joined(separator: ", "))")
    }
  }

  private static func line(of error: any Error) -> String {
    switch error as? YamlError {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): "line \(mark.line)"
    default: "the file"
    }
  }

  private static func names(_ node: Node, below path: String) -> [String] {
    guard let mapping = node.mapping else { return [path] }
    return mapping.flatMap { key, value in
      names(value, below: path.isEmpty ? key.string ?? "" : "\(path).\(key.string ?? "")")
    }
  }

  func optional(_ setting: Setting, flag: String? = nil) -> String? {
    flag ?? reader.string(forKey: ConfigKey(setting.rawValue)) ?? setting.fallback
  }

  /// - Throws: a usage error that names the three places where the setting can be given.
  func required(_ setting: Setting, flag: String? = nil, flagName: String? = nil) throws -> String {
    if let value = optional(setting, flag: flag), !value.isEmpty { return value }
    let places = [flagName, setting.environmentName, "\(setting.rawValue) in the --config file"].compactMap { $0 }
    throw ValidationError("'\(setting.rawValue)' is not set: give \(places.joined(separator: ", or "))")
  }
}
