import ArgumentParser
import Logging

extension Settings {
  /// A logger on stderr with the level of `log.level`, one JSON object a line.
  func logger(_ label: String) throws -> Logger {
    let name = try required(.logLevel)
    guard let level = Logger.Level(rawValue: name.lowercased()) else {
      let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("'\(Setting.logLevel.rawValue)' is none of \(levels)")
    }
    var logger = Logger(label: label) { JSONLogHandler(label: $0) }
    logger.logLevel = level
    return logger
  }
}
