import Foundation
import Synchronization

/// Turns SIGINT and SIGTERM into a call, so that work stops at a place of its own choosing.
///
/// A second signal ends the program at once.
final class Signals: Sendable {
  private let state = Mutex<(received: Int32?, handler: (@Sendable () -> Void)?)>((nil, nil))
  // Dispatch sources are thread-safe; they are only kept alive here.
  nonisolated(unsafe) private var sources: [any DispatchSourceSignal] = []

  var received: Int32? { state.withLock { $0.received } }

  init() {
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [weak self] in self?.receive(number) }
      source.resume()
      return source
    }
  }

  /// Called once, also for a signal that has come already.
  func onSignal(_ handler: @escaping @Sendable () -> Void) {
    let came = state.withLock { state in
      state.handler = handler
      return state.received != nil
    }
    if came { handler() }
  }

  private func receive(_ number: Int32) {
    let (isSecond, handler) = state.withLock { state in
      defer { if state.received == nil { state.received = number } }
      return (state.received != nil, state.handler)
    }
    if isSecond { Foundation.exit(128 + number) }
    handler?()
  }
}
