import Journeys
import Logging
import Stores

/// One run of an ingest, on one thread: batch after batch through the same steps in the same order.
///
/// Every step can be repeated, alone or with all before it, and changes nothing that is there already. So whatever
/// happens between two of them (a crash, a lost connection, another owner of the partition) the next attempt finishes
/// the work, and nothing is counted or kept twice.
final class IngestRun {
  /// Why a batch is given up without an error.
  private enum Interruption: Error {
    case stopped
    /// Its partitions belong to another member of the group now.
    case abandoned
  }

  private let source: any EventSource
  private let deadLetters: any DeadLetterOutput
  private let limits: BatchLimits
  private let stop: Flag
  private let logger: Logger
  private let progress: @Sendable (IngestReport) -> Void
  private let afterStep: @Sendable (Ingest.Step) throws -> Void

  private let names = Names()
  private let journeys: JourneyPages
  private var decoder: EventDecoder
  private let ledger: Ledger
  private let shards: CampaignShards
  private let performance: CampaignPerformance
  private let accounts: SourceAccounts
  private var report = IngestReport()

  init(
    _ source: any EventSource, deadLetters: any DeadLetterOutput, into database: MongoDB, calendar: ZonedCalendar,
    limits: BatchLimits, pageCapacity: Int, stop: Flag, logger: Logger,
    afterStep: @escaping @Sendable (Ingest.Step) throws -> Void, progress: @escaping @Sendable (IngestReport) -> Void
  ) {
    self.source = source
    self.deadLetters = deadLetters
    self.limits = limits
    self.stop = stop
    self.logger = logger
    self.afterStep = afterStep
    self.progress = progress
    journeys = JourneyPages(database, names: names, capacity: pageCapacity)
    decoder = EventDecoder(names: names, journeys: journeys)
    ledger = Ledger(database, journeys: journeys)
    shards = CampaignShards(database, names: names, calendar: calendar)
    performance = CampaignPerformance(database, names: names, calendar: calendar)
    accounts = SourceAccounts(database)
  }

  func run() throws -> IngestReport {
    while !stop.isSet, let batch = try source.next(limits) {
      do {
        try write(batch)
        try source.commit(batch)
        try afterStep(.committed)
        progress(report)
      } catch Interruption.stopped {
        logger.info("stopped before a batch was written: it will be delivered again")
        break
      } catch Interruption.abandoned {
        logger.info("the partitions were given to another member of the group, which goes on")
      }
      forgetIfLarge()
    }
    // At its end a run without news speaks for its partitions too; when it was stopped, nothing may hold it up.
    if !stop.isSet, !source.sources.isEmpty {
      try accounts.load(source.sources)
      report.totals = accounts.totals
    }
    return report
  }

  private func write(_ batch: EventBatch) throws {
    let decoded = decoder.decode(batch)
    try untilDone(batch) {
      try accounts.prepare(batch)
      try shards.prepare(decoded)
    }
    try untilDone(batch) { try ledger.enter(decoded) }
    try afterStep(.ledger)
    try untilDone(batch) { try journeys.write(decoded) }
    try afterStep(.journeys)
    let campaigns = try untilDone(batch) { try shards.count(decoded) }
    try afterStep(.shards)
    try untilDone(batch) { try performance.refresh(campaigns) }
    try send(decoded)
    try afterStep(.deadLetters)
    report.counts += try untilDone(batch) { try accounts.enter(decoded) }
    try afterStep(.accounts)
    report.totals = accounts.totals
    report.batches += 1
    note(decoded)
  }

  private func send(_ decoded: DecodedBatch) throws {
    for rejected in decoded.rejected {
      let delivery = decoded.batch.deliveries[rejected.delivery]
      try deadLetters.send(
        DeadLetter(source: decoded.batch.sources[delivery.source], delivery: delivery, error: rejected.error))
    }
    guard !decoded.rejected.isEmpty else { return }
    while try !deadLetters.flush(patience: .seconds(5)) { try pause(decoded.batch, .zero) }
  }

  /// Remembers where each rule was broken first.
  private func note(_ decoded: DecodedBatch) {
    for rejected in decoded.rejected where report.firstDeadLetters[rejected.error.code.rawValue] == nil {
      let delivery = decoded.batch.deliveries[rejected.delivery]
      report.firstDeadLetters[rejected.error.code.rawValue] = IngestReport.Example(
        place: decoded.batch.place(of: delivery), reason: rejected.error.description)
    }
  }

  /// Repeats a step as long as the store is away: an event is never given up for that.
  private func untilDone<Success>(_ batch: EventBatch, _ step: () throws -> Success) throws -> Success {
    var patience = Duration.milliseconds(100)
    while true {
      do {
        let result = try step()
        report.waitsFor = nil
        return result
      } catch let error as StoreError where error.isRetriable {
        logger.warning("\(error.message)")
        report.waitsFor = error.message
        progress(report)
        // Many consumers wait for the same server: their attempts spread out.
        try pause(batch, patience * Double.random(in: 0.5...1))
        patience = min(patience * 2, .seconds(10))
      }
    }
  }

  private func pause(_ batch: EventBatch, _ duration: Duration) throws {
    if stop.wait(duration) { throw Interruption.stopped }
    if try !source.keepAlive(batch) { throw Interruption.abandoned }
  }

  private func forgetIfLarge() {
    guard journeys.isLarge || names.count > 2_000_000 else { return }
    journeys.forgetAll()
    shards.forgetAll()
    names.forgetAll()
  }
}
