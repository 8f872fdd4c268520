import Foundation

/// Where everything goes that is not data.
enum Stderr {
  static let isTerminal = isatty(2) == 1

  static func print(_ line: String) { write(line + "\n") }

  static func write(_ text: String) {
    // Whoever closed it does not want to know.
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}
