import ArgumentParser
import Configuration
import Foundation

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
    do {
      let file = try await FileProvider<YAMLSnapshot>(filePath: .init(configFile))
      reader = ConfigReader(providers: [environment, file])
    } catch {
      throw ValidationError("--config \(configFile): the file cannot be read as YAML settings")
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
