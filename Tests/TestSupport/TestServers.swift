import Foundation

/// The servers that the tests talk to, as the environment names them. Without them a test fails: it does not skip.
public enum TestServers {
  public struct Missing: Error, CustomStringConvertible {
    public let description: String
  }

  public static var kafkaBrokers: String { get throws { try setting("ANALYTICS_KAFKA_BROKERS") } }
  public static var mongoURI: String { get throws { try setting("ANALYTICS_MONGODB_URI") } }
  public static var postgresURL: String { get throws { try setting("ANALYTICS_POSTGRES_URL") } }

  /// The same PostgreSQL server, another database.
  public static func postgresURL(database: String) throws -> String {
    let url = try postgresURL
    guard var parts = URLComponents(string: url) else { throw Missing(description: "ANALYTICS_POSTGRES_URL is no URL") }
    parts.path = "/" + database
    return parts.string ?? url
  }

  /// A name that no other test, run or process uses, for a database, topic or group.
  public static func freshName(_ purpose: String) -> String {
    "\(purpose)_\(UUID().uuidString.lowercased().replacing("-", with: "").prefix(16))"
  }

  private static func setting(_ name: String) throws -> String {
    guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else {
      throw Missing(
        description: "\(name) is not set: run `make test`, or `make services-up` and `. .local/env` before `swift test`"
      )
    }
    return value
  }
}
