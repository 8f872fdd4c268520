import Synchronization

/// What a test throws where a process would die.
struct Crash: Error {}

/// True for the n-th call.
final class Countdown: Sendable {
  private let left: Mutex<Int>

  init(_ calls: Int) { left = Mutex(calls) }

  func next() -> Bool {
    left.withLock {
      $0 -= 1
      return $0 == 0
    }
  }
}

/// Is set once; tasks wait for it.
final class Signal: Sendable {
  private let state = Mutex<(isSet: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

  func set() {
    let waiting = state.withLock { state in
      defer { state = (true, []) }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  func wait() async {
    await withCheckedContinuation { continuation in
      let isSet = state.withLock { state in
        if !state.isSet { state.waiting.append(continuation) }
        return state.isSet
      }
      if isSet { continuation.resume() }
    }
  }
}

/// Texts that several threads add to.
final class Texts: Sendable {
  private let texts = Mutex<[String]>([])

  var all: [String] { texts.withLock { $0 } }

  func add(_ text: String) { texts.withLock { $0.append(text) } }
}
