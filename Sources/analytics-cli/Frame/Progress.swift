import Foundation
import Synchronization

/// One line on a terminal's stderr that says how far long work has come, how fast, and how long it will take.
final class Progress: Sendable {
  private let title: String
  private let unit: String
  private let start = ContinuousClock.now
  private let lastShown: Mutex<ContinuousClock.Instant>

  init(_ title: String, unit: String) {
    self.title = title
    self.unit = unit
    lastShown = Mutex(.now)
  }

  /// - Parameters:
  ///   - share: of the work, 0...1; nil when its size is not known.
  ///   - count: units done.
  /// - Throws: `CancellationError` when the command is to stop.
  func update(share: Double?, count: Int) throws {
    try Task.checkCancellation()
    guard Stderr.isTerminal else { return }
    let now = ContinuousClock.now
    let isDue = lastShown.withLock { last in
      guard now - last >= .milliseconds(100) else { return false }
      last = now
      return true
    }
    if isDue { show(share: share, count: count, now) }
  }

  /// Clears the line.
  func finish() {
    if Stderr.isTerminal { Stderr.write("\r\u{1b}[K") }
  }

  private func show(share: Double?, count: Int, _ now: ContinuousClock.Instant) {
    let seconds = (now - start) / .seconds(1)
    var line = "\(title): \(TextTable.Cell.integer(count).forPeople) \(unit)"
    if let share, share > 0 {
      let left = seconds / share - seconds
      line += String(format: ", %.0f %%, %.0f s left", share * 100, left)
    }
    line += ", \(TextTable.Cell.integer(Int(Double(count) / max(seconds, 0.001))).forPeople)/s"
    Stderr.write("\r\u{1b}[K" + line)
  }
}
