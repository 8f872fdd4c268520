import Attribution
import Foundation
import Generator
import Journeys

/// Measures what a user waits for, beside the memory bandwidth of the machine it runs on.
///
/// `bench DIRECTORY [EVENTS]` writes the generated events and their store into DIRECTORY (about 300 bytes an event) and
/// prints one JSON object a line; `scripts/bench` makes the table of them and puts the peers beside it.
@main
struct Benchmarks {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard let path = arguments.first, let events = Int(arguments.dropFirst().first ?? "10000000") else {
      FileHandle.standardError.write(Data("usage: bench DIRECTORY [EVENTS]\n".utf8))
      exit(64)
    }
    let directory = URL(filePath: path)
    let file = directory.appending(path: "events.jsonl").path
    let journeys = directory.appending(path: "journeys")

    let bandwidth = await MemoryBandwidth.measure()
    for (threads, bytes) in bandwidth { report("memory read, \(threads) thread(s)", seconds: 1, bytes: Int(bytes)) }
    let written = try generate(events, to: file)
    try parse(file)
    try importFile(file, to: journeys, events: written)
    try await analyse(try JourneyStore(journeys), best: bandwidth.map(\.bytesPerSecond).max() ?? 1)
  }

  /// Generates about so many events; returns how many they became.
  private static func generate(_ events: Int, to path: String) throws -> Int {
    // Some 23 events a customer in 90 days at the usual rate.
    let configuration = GeneratorConfiguration(customers: max(1, events / 23), days: 90, seed: 1)
    var batch = GeneratedBatch()
    var generator = try EventGenerator(configuration)
    let start = ContinuousClock.now
    while generator.next(&batch) {}
    report("generate, 1 thread", seconds: seconds(since: start), events: generator.counts.produced)

    guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path)
    else { throw JourneyError(.unwritable, "create \(path)") }
    generator = try EventGenerator(configuration)
    while generator.next(&batch) {
      try batch.lines.withUnsafeBytes { try file.write(contentsOf: Data($0)) }
    }
    try file.close()
    return generator.counts.produced
  }

  /// Parses and checks up to a million events that lie in memory.
  private static func parse(_ path: String) throws {
    var reader = LineReader(try ByteSource(path))
    var lines: [UInt8] = []
    var ends: [Int] = []
    while ends.count < 1_000_000, let line = try reader.next() {
      lines.append(contentsOf: line.bytes)
      ends.append(lines.count)
    }
    let last = lines.count
    lines.append(contentsOf: [UInt8](repeating: 0, count: 64))
    var parser = EventParser(rules: EventRules(channels: .platform))
    var sum: Int64 = 0
    let start = ContinuousClock.now
    try lines.withUnsafeBytes { bytes in
      var place = 0
      for end in ends {
        let line = UnsafeRawBufferPointer(rebasing: bytes[place..<end])
        sum &+= try parser.parse(line, capacity: bytes.count - place).timestamp
        place = end
      }
    }
    precondition(sum != 0)
    report("parse and check, 1 thread", seconds: seconds(since: start), events: ends.count, bytes: last)
  }

  private static func importFile(_ file: String, to journeys: URL, events: Int) throws {
    let start = ContinuousClock.now
    let report = try JourneyImport(.jsonLines).run([file], to: journeys)
    precondition(report.manifest.events == events, "an import that loses events is not fast")
    let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int
    Self.report("import JSONL", seconds: seconds(since: start), events: events, bytes: size)
  }

  private static func analyse(_ store: JourneyStore, best bandwidth: Double) async throws {
    let rules = try JourneyAttribution(AttributionQuery(models: [.first, .last, .linear, .timeDecay]), of: store)
    let markov = try JourneyAttribution(AttributionQuery(models: [.markov]), of: store)
    let funnel = try Funnel(
      FunnelQuery([.init("email_sent"), .init("email_opened"), .init("purchase")], window: 7 * 86_400_000_000),
      of: store)
    let cohort = try Cohorts(
      CohortQuery(period: .week, periods: 12, calendar: try ZonedCalendar("Asia/Dhaka")), of: store)
    let customers = store.customerCount * MemoryLayout<Int64>.stride
    // The columns that an analysis looks into, counted whole although it skips most of their rows.
    func touched(_ bytesPerEvent: Int) -> Int { store.eventCount * bytesPerEvent + customers }
    for threads in [1, defaultThreads] {
      try await measure("attribution by four rules", threads, touched(4 + 4 + 8 + 8), store, bandwidth, rules) {
        // Conversions are whole numbers in these two.
        $0.prefix(2).flatMap { $0.rows.map { Int($0.conversions) } }
      }
      try await measure("attribution markov", threads, touched(4 + 4 + 8 + 8), store, bandwidth, markov)
      try await measure("funnel, 3 steps in 7 days", threads, touched(4 + 8), store, bandwidth, funnel) {
        $0.steps.map(\.customers)
      }
      try await measure("retention, 12 weeks", threads, touched(4 + 8), store, bandwidth, cohort) {
        $0.cohorts.flatMap { row in row.values.compactMap { $0.map { Int(($0 * Double(row.size)).rounded()) } } }
          .filter { $0 > 0 }
      }
    }
  }

  /// The best of seven runs: the columns are in memory, as for an analyst's second question.
  private static func measure<Analysis: Aggregation>(
    _ name: String, _ threads: Int, _ bytes: Int, _ store: JourneyStore, _ bandwidth: Double, _ analysis: Analysis,
    answer: (Analysis.Result) -> [Int]? = { _ in nil }
  ) async throws {
    var best = Double.infinity
    var found: [Int]?
    for _ in 0..<7 {
      let start = ContinuousClock.now
      found = answer(try await analysis.run(over: store, threads: threads))
      best = min(best, seconds(since: start))
    }
    report(
      "\(name), \(threads) thread(s)", seconds: best, events: store.eventCount, bytes: bytes,
      share: Double(bytes) / best / bandwidth, answer: found)
  }

  private static func seconds(since start: ContinuousClock.Instant) -> Double {
    (ContinuousClock.now - start) / .seconds(1)
  }

  /// - Parameter answer: what the peer must find too: a fast wrong answer is none.
  private static func report(
    _ name: String, seconds: Double, events: Int? = nil, bytes: Int? = nil, share: Double? = nil, answer: [Int]? = nil
  ) {
    struct Line: Encodable {
      let name: String, seconds: Double, events: Int?, bytes: Int?, share: Double?, answer: [Int]?
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let line = Line(name: name, seconds: seconds, events: events, bytes: bytes, share: share, answer: answer)
    if let data = try? encoder.encode(line) { FileHandle.standardOutput.write(data + Data("\n".utf8)) }
  }
}
