import Foundation

/// Is set once, by any thread; others can wait for it.
final class Flag: @unchecked Sendable {
  // Guards `value`, which makes it Sendable.
  private let condition = NSCondition()
  private var value = false
  private var action: (@Sendable () -> Void)?

  var isSet: Bool { condition.withLock { value } }

  func set() {
    let action = condition.withLock {
      value = true
      condition.broadcast()
      return self.action
    }
    action?()
  }

  /// Calls `action` when it is set, or at once if it is.
  func whenSet(_ action: @escaping @Sendable () -> Void) {
    let isSet = condition.withLock {
      self.action = action
      return value
    }
    if isSet { action() }
  }

  /// Returns whether it is set, at the latest after `patience`.
  func wait(_ patience: Duration) -> Bool {
    let deadline = Date(timeIntervalSinceNow: patience / .seconds(1))
    return condition.withLock {
      while !value, condition.wait(until: deadline) {}
      return value
    }
  }
}
