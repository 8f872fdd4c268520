import Foundation

/// Where the brokers are and how to speak to them.
public struct KafkaConfiguration: Sendable {
  /// `host:port`, several separated by commas.
  public var brokers: String
  /// Further properties of librdkafka by their own names, such as `security.protocol`.
  public var properties: [String: String]

  public init(brokers: String, properties: [String: String] = [:]) {
    self.brokers = brokers
    self.properties = properties
  }

  /// Reads further properties from a file, one `name=value` a line, `#` for comments, as Kafka's own tools and kcat do.
  /// Passwords belong there, never on a command line.
  ///
  /// - Throws: `KafkaError.settings` that names the file and the line, never the line's content.
  public init(brokers: String, propertiesFile path: String) throws(KafkaError) {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw KafkaError(.settings, "kafka: reading the properties file \(path) failed: it cannot be read as UTF-8 text")
    }
    var properties: [String: String] = [:]
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = line.trimmingCharacters(in: .whitespaces)
      if line.isEmpty || line.hasPrefix("#") { continue }
      guard let equals = line.firstIndex(of: "="), equals > line.startIndex else {
        throw KafkaError(
          .settings, "kafka: reading the properties file \(path) failed: line \(index + 1) is not 'name=value'")
      }
      let name = line[..<equals].trimmingCharacters(in: .whitespaces)
      properties[name] = line[line.index(after: equals)...].trimmingCharacters(in: .whitespaces)
    }
    self.init(brokers: brokers, properties: properties)
  }

  /// Larger messages than Kafka's default of 1 MB pass, so that nothing need be truncated.
  static let maximumMessageBytes = 20_000_000

  /// - Parameters:
  ///   - defaults: what the user's properties may override.
  ///   - fixed: what correctness rests on.
  func merged(defaults: [String: String], fixed: [String: String]) throws(KafkaError) -> [String: String] {
    guard !brokers.isEmpty else {
      throw KafkaError(.settings, "kafka: configuration of 'bootstrap.servers' failed: it is empty; give host:port")
    }
    var merged = defaults
    merged["message.max.bytes"] = String(Self.maximumMessageBytes)
    merged["client.id"] = "marketing-analytics"
    for (name, value) in properties {
      if let needed = fixed[name], needed != value {
        throw KafkaError(
          .settings, "kafka: configuration of '\(name)' failed: this program depends on \(needed); remove the property")
      }
      merged[name] = value
    }
    merged.merge(fixed) { _, needed in needed }
    merged["bootstrap.servers"] = brokers
    return merged
  }
}
