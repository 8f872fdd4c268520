import Foundation
import Logging
import Scoring
import Stores
import Synchronization

/// Throws what it is told to.
final class FailingStore: ScoreStore {
  private let error = Mutex<(any Error)?>(nil)
  private let inner: MemoryScoreStore

  init(_ error: (any Error)?, over inner: MemoryScoreStore = MemoryScoreStore()) {
    self.inner = inner
    set(error)
  }

  static let away = StoreError(.unavailable, "mongodb: reading of profiles failed: away", isRetriable: true)

  func set(_ new: (any Error)?) { error.withLock { $0 = new } }

  private func check() throws { if let error = error.withLock({ $0 }) { throw error } }

  func upsert(_ scores: [CustomerScores]) throws -> ScoreWrites {
    try check()
    return inner.upsert(scores)
  }

  func withdraw(_ metric: PredictedMetric, from customers: [String]) throws -> Int {
    try check()
    return inner.withdraw(metric, from: customers)
  }

  func scores(for customers: [String]) throws -> ScoreLookup {
    try check()
    return try inner.scores(for: customers)
  }

  func ping() throws { try check() }
}

/// Holds look-ups up until the gate opens.
actor GatedStore: ScoreStore {
  private let inner: MemoryScoreStore
  private var isOpen = false
  private var held: [CheckedContinuation<Void, Never>] = []
  private var arrivals: [CheckedContinuation<Void, Never>] = []

  init(_ inner: MemoryScoreStore) { self.inner = inner }

  /// Returns when a look-up waits.
  func arrival() async {
    if held.isEmpty { await withCheckedContinuation { arrivals.append($0) } }
  }

  func open() {
    isOpen = true
    for continuation in held { continuation.resume() }
    held = []
  }

  func upsert(_ scores: [CustomerScores]) -> ScoreWrites { inner.upsert(scores) }
  func withdraw(_ metric: PredictedMetric, from customers: [String]) -> Int { inner.withdraw(metric, from: customers) }
  func ping() {}

  func scores(for customers: [String]) async throws -> ScoreLookup {
    if !isOpen {
      await withCheckedContinuation { continuation in
        held.append(continuation)
        for arrival in arrivals { arrival.resume() }
        arrivals = []
      }
    }
    return try inner.scores(for: customers)
  }
}

/// Keeps everything that is logged, whatever its level.
final class LogRecord: Sendable {
  private let lines = Mutex<[String]>([])

  var all: [String] { lines.withLock { $0 } }

  var logger: Logger {
    var logger = Logger(label: "test") { [self] _ in Handler(record: self) }
    logger.logLevel = .trace
    return logger
  }

  private struct Handler: LogHandler {
    let record: LogRecord
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
      let fields = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
      record.lines.withLock { $0.append("\(event.level) \(event.message) \(fields)") }
    }
  }
}
