import Foundation
import Logging

/// Logs as machines read them: on stderr, one JSON object with sorted keys a line.
struct JSONLogHandler: LogHandler {
  let label: String
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.info

  init(label: String) { self.label = label }

  subscript(metadataKey key: String) -> Logger.MetadataValue? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var fields = metadata.merging(event.metadata ?? [:]) { _, new in new }.mapValues(Self.json)
    fields["level"] = event.level.rawValue
    fields["logger"] = label
    fields["message"] = event.message.description
    fields["time"] = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
    guard var line = try? JSONSerialization.data(withJSONObject: fields, options: options) else { return }
    line.append(UInt8(ascii: "\n"))
    FileHandle.standardError.write(line)
  }

  private static func json(_ value: Logger.MetadataValue) -> Any {
    switch value {
    case .string(let text): text
    case .stringConvertible(let number as Int): number
    case .stringConvertible(let number as Double) where number.isFinite: number
    case .stringConvertible(let other): other.description
    case .array(let values): values.map(json)
    case .dictionary(let fields): fields.mapValues(json)
    @unknown default: value.description
    }
  }
}
