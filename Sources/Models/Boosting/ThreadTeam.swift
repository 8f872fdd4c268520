import Foundation
import Synchronization

/// A few threads that go through the many short phases of a fit together.
///
/// A tree of 63 leaves has some two hundred phases of which many last tens of microseconds: too short to start tasks
/// for. Members wait for the next phase by looking for it for a few microseconds and then sleep.
/// `@unchecked Sendable`: `job` and `isStopped` are written only between phases, and published by `phase`.
final class ThreadTeam: @unchecked Sendable {
  let count: Int
  private var job: ((Int) -> Void)?
  private var isStopped = false
  private let phase = Atomic<Int>(0)
  private let working = Atomic<Int>(0)
  private let started = NSCondition()
  private let finished = NSCondition()

  private init(count: Int) {
    self.count = count
    for member in 1..<count {
      let thread = Thread { self.work(member) }
      thread.stackSize = 1 << 20
      thread.start()
    }
  }

  /// Lends a team of `count` threads, of which the caller's is one.
  static func with<Result>(threads count: Int, _ body: (ThreadTeam) throws -> Result) rethrows -> Result {
    let team = ThreadTeam(count: max(count, 1))
    defer {
      team.isStopped = true
      team.begin()
    }
    return try body(team)
  }

  /// Runs `body(member)` once on each member, 0 being the caller, and returns when all are done.
  func run(_ body: (Int) -> Void) {
    guard count > 1 else { return body(0) }
    withoutActuallyEscaping(body) { body in
      job = body
      working.store(count - 1, ordering: .relaxed)
      begin()
      body(0)
      Self.wait(finished) { working.load(ordering: .acquiring) == 0 }
      job = nil
    }
  }

  /// Hands the chunks `0..<chunks` out to whoever is free.
  func forEach(chunks: Int, _ body: (_ chunk: Int, _ member: Int) -> Void) {
    guard count > 1, chunks > 1 else {
      for chunk in 0..<chunks { body(chunk, 0) }
      return
    }
    let next = Atomic<Int>(0)
    run { member in
      while true {
        let chunk = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if chunk >= chunks { return }
        body(chunk, member)
      }
    }
  }

  private func begin() {
    started.lock()
    phase.wrappingAdd(1, ordering: .releasing)
    started.broadcast()
    started.unlock()
  }

  private func work(_ member: Int) {
    var seen = 0
    while true {
      Self.wait(started) { phase.load(ordering: .acquiring) != seen }
      seen += 1
      if isStopped { return }
      job?(member)
      if working.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
        finished.lock()
        finished.signal()
        finished.unlock()
      }
    }
  }

  private static let looks = 10_000

  @inline(__always) private static func wait(_ condition: NSCondition, until isReached: () -> Bool) {
    for _ in 0..<looks where isReached() { return }
    condition.lock()
    while !isReached() { condition.wait() }
    condition.unlock()
  }
}

/// Cuts 0..<count into one part for each of `parts`.
func part(_ index: Int, of parts: Int, count: Int) -> Range<Int> {
  index * count / parts..<(index + 1) * count / parts
}
