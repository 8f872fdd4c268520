import Foundation
import Journeys
import Logging
import Stores

/// Events → customer journeys and campaign performance in MongoDB, every event id once.
///
/// ```swift
/// let ingest = Ingest(from: .topic(kafka, "marketing.events", group: "g", untilEnd: true),
///   deadLetters: .topic(kafka, "marketing.events.dlq"), into: database, logger: logger)
/// let report = try await ingest.run()
/// ```
public struct Ingest: Sendable {
  public enum Input: Sendable {
    /// A topic, as a member of a group: for ever, or up to its end.
    case topic(KafkaConfiguration, String, group: String, untilEnd: Bool)
    /// A JSONL file, one event a line; `.gz` is unpacked.
    case file(String)
  }

  /// Where events go that break a rule, byte for byte.
  public enum DeadLetters: Sendable {
    case topic(KafkaConfiguration, String)
    /// Lines; the file is made when there is one to write.
    case file(String)
  }

  /// What has been done of a batch. A run that ends behind any of them is finished by a later one.
  package enum Step: CaseIterable, Sendable { case ledger, journeys, shards, deadLetters, accounts, committed }

  /// Entries that fill a document of a journey: larger ones cost more with every write, smaller ones with every read.
  package static let defaultPageCapacity = 200

  private let input: Input
  private let deadLetters: DeadLetters
  private let database: MongoDB
  private let calendar: ZonedCalendar
  private let limits: BatchLimits
  private let pageCapacity: Int
  private let logger: Logger
  private let afterStep: @Sendable (Step) throws -> Void

  /// Few large batches cost the store less than many small ones: events of one customer meet in one write.
  public static let defaultBatchEvents = 50_000

  /// - Parameters:
  ///   - calendar: cuts the days of campaign performance.
  ///   - batchEvents: how many events are written together at most; what comes within a second waits for each other.
  public init(
    from input: Input, deadLetters: DeadLetters, into database: MongoDB, calendar: ZonedCalendar,
    batchEvents: Int = defaultBatchEvents, logger: Logger
  ) {
    self.init(
      from: input, deadLetters: deadLetters, into: database, calendar: calendar,
      limits: BatchLimits(events: batchEvents), logger: logger)
  }

  /// - Parameter afterStep: what it throws ends the run there and then, as a crash would.
  package init(
    from input: Input, deadLetters: DeadLetters, into database: MongoDB, calendar: ZonedCalendar,
    limits: BatchLimits, pageCapacity: Int = Ingest.defaultPageCapacity, logger: Logger,
    afterStep: @escaping @Sendable (Step) throws -> Void = { _ in }
  ) {
    self.input = input
    self.deadLetters = deadLetters
    self.database = database
    self.calendar = calendar
    self.limits = limits
    self.pageCapacity = pageCapacity
    self.logger = logger
    self.afterStep = afterStep
  }

  /// Runs until the input's end, or until the task is cancelled: then the batch in hand is finished and committed, the
  /// group is left, and the report returned as at the end.
  ///
  /// - Parameter progress: called after each batch, and when the store is away; on the ingest's own thread.
  /// - Throws: `KafkaError`, `StoreError` or `JourneyError` when something cannot be reached at the start or is wrong
  ///   for good. When MongoDB goes away later the ingest waits for it.
  public func run(progress: @escaping @Sendable (IngestReport) -> Void = { _ in }) async throws -> IngestReport {
    let stop = Flag()
    return try await withTaskCancellationHandler {
      try await BlockingQueue("ingest").run { try run(stop, progress) }
    } onCancel: {
      stop.set()
    }
  }

  private func run(_ stop: Flag, _ progress: @escaping @Sendable (IngestReport) -> Void) throws -> IngestReport {
    try database.ping()
    let source = try openSource()
    defer { source.close() }
    let output = try openDeadLetters()
    stop.whenSet(source.waker)
    return try IngestRun(
      source, deadLetters: output, into: database, calendar: calendar, limits: limits, pageCapacity: pageCapacity,
      stop: stop, logger: logger, afterStep: afterStep, progress: progress
    ).run()
  }

  private func openSource() throws -> any EventSource {
    switch input {
    case .topic(let kafka, let topic, let group, let untilEnd):
      try KafkaEventSource(kafka, topic: topic, group: group, untilEnd: untilEnd, logger: logger)
    case .file(let path): try FileEventSource(path)
    }
  }

  private func openDeadLetters() throws -> any DeadLetterOutput {
    switch deadLetters {
    case .topic(let kafka, let topic): try DeadLetterTopic(kafka, topic: topic, partitions: 1, logger: logger)
    case .file(let path): DeadLetterFile(path)
    }
  }
}
