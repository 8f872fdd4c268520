import Foundation

/// Files of events → a columnar journey store, with no server.
public struct JourneyImport: Sendable {
  /// How the files are written.
  public enum Format: Sendable {
    /// One event a line, as the platform emits them; channels of any name are kept.
    case jsonLines
    case csv(CSVMapping)
  }

  /// A rule that events broke.
  public struct Rejection: Sendable, Equatable {
    public let code: EventError.Code
    /// What is wrong, without the values.
    public let message: String
    public internal(set) var count: Int
    /// File and line of the first one.
    public let firstPlace: String
  }

  public struct Report: Sendable {
    public let manifest: StoreManifest
    /// By number, the most frequent first.
    public let rejections: [Rejection]
  }

  /// Bytes read of all (nil when stdin is among them), and events so far. What it throws stops the import.
  public typealias Progress = @Sendable (_ bytes: Int, _ total: Int?, _ events: Int) throws -> Void

  private let format: Format
  private let properties: [String]
  private let rules: EventRules
  private let progress: Progress

  /// - Parameter properties: keys of `event_data` to keep as columns beside the known ones.
  public init(_ format: Format, properties: [String] = [], progress: @escaping Progress = { _, _, _ in }) {
    self.format = format
    self.properties = properties
    rules = EventRules(channels: .any)
    self.progress = progress
  }

  /// Reads all files (`-` is stdin, `.gz` is unpacked) in order and writes the store. Linear in the events.
  ///
  /// - Throws: `JourneyError` when a file cannot be read or the store cannot be written; nothing is written then.
  ///   Events that break a rule do not throw: they are in the report.
  public func run(_ files: [String], to directory: URL) throws -> Report {
    var run = ImportRun(
      builder: JourneyStoreBuilder(properties: allProperties), rules: rules, total: Self.totalSize(files),
      progress: progress)
    for file in files {
      let source = try ByteSource(file)
      switch format {
      case .jsonLines: try run.readJSONLines(source)
      case .csv(let mapping): try run.readCSV(source, mapping)
      }
    }
    return try run.finish(files, directory)
  }

  private var allProperties: [String] {
    guard case .csv(let mapping) = format else { return properties }
    return properties + mapping.properties
  }

  private static func totalSize(_ files: [String]) -> Int? {
    var total = 0
    for file in files {
      guard let size = try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int else { return nil }
      total += size
    }
    return total
  }
}

/// One import under way.
struct ImportRun: ~Copyable {
  var builder: JourneyStoreBuilder
  let rules: EventRules
  private let total: Int?
  private let progress: JourneyImport.Progress
  private var bytesBefore = 0
  private(set) var read = 0
  var rounded = 0
  /// By message: a code stands for several fields.
  private var rejections: [String: JourneyImport.Rejection] = [:]

  init(
    builder: consuming JourneyStoreBuilder, rules: EventRules, total: Int?, progress: @escaping JourneyImport.Progress
  ) {
    self.builder = builder
    self.rules = rules
    self.total = total
    self.progress = progress
  }

  mutating func readJSONLines(_ source: consuming ByteSource) throws {
    var lines = LineReader(source)
    var parser = EventParser(rules: rules, properties: builder.properties)
    while var line = try lines.next() {
      if lines.line == 1, line.bytes.starts(with: [0xef, 0xbb, 0xbf]) {
        line = LineReader.Line(
          bytes: UnsafeRawBufferPointer(rebasing: line.bytes[3...]), capacity: line.capacity - 3, isCut: line.isCut)
      }
      if line.bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
      try count(lines.position)
      do throws(EventError) {
        if line.isCut { throw EventError(.tooLarge, "the line") }
        add(try parser.parse(line.bytes, capacity: line.capacity), parser)
      } catch {
        reject(error, lines.name, lines.line)
      }
    }
    finishFile(lines.position)
  }

  private mutating func add(_ event: EventParser.Event, _ parser: borrowing EventParser) {
    let isNew = builder.append(
      customer: event.customerID, timestamp: event.timestamp, type: event.type, channel: event.channel,
      campaign: event.campaignID, amount: event.amount, id: event.id)
    guard isNew else { return }
    if event.rounded { rounded += 1 }
    for index in 0..<parser.properties.count {
      switch parser.property(index) {
      case .text(let text): builder.set(index, text: text)
      case .integer(let number): builder.set(index, number: number)
      case nil: break
      }
    }
  }

  /// Counts a line or record that is about to be read.
  mutating func count(_ position: Int) throws {
    read += 1
    if read & 0xffff == 0 { try progress(bytesBefore + position, total, builder.count) }
  }

  mutating func finishFile(_ position: Int) { bytesBefore += position }

  mutating func reject(_ error: EventError, _ file: String, _ line: Int) {
    rejections[
      error.description,
      default: JourneyImport.Rejection(
        code: error.code, message: error.description, count: 0, firstPlace: "\(file):\(line)")
    ].count += 1
  }

  consuming func finish(_ files: [String], _ directory: URL) throws -> JourneyImport.Report {
    try progress(bytesBefore, total, builder.count)
    let rejections = rejections.values.sorted { ($1.count, $0.message) < ($0.count, $1.message) }
    let source = StoreManifest.Source(
      kind: "import", names: files, read: read, duplicates: builder.duplicates,
      rejected: Dictionary(rejections.map { ($0.code.rawValue, $0.count) }, uniquingKeysWith: +), rounded: rounded)
    return JourneyImport.Report(
      manifest: try builder.write(to: directory, source: source), rejections: rejections)
  }
}
