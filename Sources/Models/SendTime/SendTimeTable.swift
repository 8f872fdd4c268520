import Journeys

/// Sends and sessions read from files, with the names of their customers.
public struct SendTimeTable: Sendable {
  /// In order of first appearance, those of the sends first.
  public let customers: [String]
  public let histories: SendHistories
  /// Rows of both files.
  public let rows: Int

  /// Two CSV files with headers (`.gz` is read, `-` is stdin): `customer,hour,opened[,machine_flag]`, and
  /// `customer,hour`. Further columns are passed over. A customer may be in one file only.
  ///
  /// - Parameters:
  ///   - hours: 24 for hours of the day, 168 for hours of the week from Monday's midnight on.
  ///   - folds: into so many parts the sends are cut for evaluation, in turn.
  ///   - progress: is told now and then how many bytes of how many of a file, and how many rows were read.
  /// - Throws: `ModelError` naming file, line and column, never the value; `JourneyError` when a file cannot be read;
  ///   what `progress` throws.
  public init(
    sends: String, sessions: String, hours: Int, folds: Int = 5,
    progress: (_ bytes: Int, _ of: Int?, _ rows: Int) throws -> Void = { _, _, _ in }
  ) throws {
    guard SendHistories.isPeriod(hours) else {
      throw ModelError(.invalidSetting, "send-time: hours are 24 (of the day) or 168 (of the week)")
    }
    guard 1...SendHistories.mostFolds ~= folds else {
      throw ModelError(.invalidSetting, "send-time: sends are cut into 1 to \(SendHistories.mostFolds) parts")
    }
    var names = StringTable()
    var sendRows: [SendRow] = []
    var visits: [(customer: Int32, hour: UInt8)] = []
    var file = try SendTimeFile(sends, columns: ["customer", "hour", "opened"], optional: ["machine_flag"])
    while try file.next(progress) {
      let customer = try file.customer(&names)
      let (hour, isOpened) = (try file.whole(1, below: hours), try file.whole(2, below: 2) == 1)
      let isMachine = try file.has(3) && file.whole(3, below: 2) == 1
      sendRows.append(
        SendRow(customer: customer, hour: UInt8(hour), isOpened: isOpened, isMachine: isMachine))
    }
    let read = file.rows
    file = try SendTimeFile(sessions, columns: ["customer", "hour"], optional: [])
    while try file.next({ try progress($0, $1, read + $2) }) {
      visits.append((try file.customer(&names), UInt8(try file.whole(1, below: hours))))
    }
    customers = names.names
    rows = sendRows.count + visits.count
    histories = SendHistories(
      hours: hours, customers: customers.count, sends: sendRows, sessions: visits, folds: folds)
  }
}

/// Some columns of a CSV file, found by their names.
private struct SendTimeFile: ~Copyable {
  private var reader: CSVReader
  private let columns: [String]
  /// -1 for an optional column that is not there.
  private let places: [Int]
  private let width: Int
  private(set) var rows = 0

  init(_ path: String, columns: [String], optional: [String]) throws {
    var reader = CSVReader(try ByteSource(path), delimiter: UInt8(ascii: ","))
    let file = reader.name
    guard try reader.next() else {
      throw ModelError(.malformedTable, "read \(file): it is empty; the first line must name the columns")
    }
    var header: [String] = []
    for column in 0..<reader.fieldCount { header.append(reader.text(column)) }
    // The same words for a missing or doubled column as where a whole table is read.
    _ = try TableLayout(label: nil, numeric: columns).roles(of: header, file: file)
    let all = columns + optional
    self.columns = all
    places = all.map { header.firstIndex(of: $0) ?? -1 }
    width = header.count
    self.reader = reader
  }

  mutating func next(_ progress: (_ bytes: Int, _ of: Int?, _ rows: Int) throws -> Void) throws -> Bool {
    guard try reader.next() else { return false }
    rows += 1
    if rows % 8192 == 0 { try progress(reader.position, reader.size, rows) }
    guard reader.fieldCount == width else {
      throw ModelError(
        .malformedTable,
        "read \(reader.name): line \(reader.line) has \(reader.fieldCount) fields where the header has \(width)")
    }
    return true
  }

  func has(_ column: Int) -> Bool { places[column] >= 0 }

  func customer(_ names: inout StringTable) throws -> Int32 {
    let field = reader.field(places[0])
    let known = names.count
    let code = names.code(of: field)
    guard field.count > 0, names.count == known || String(validating: field, as: UTF8.self) != nil else {
      throw complaint(0, "it is blank or no UTF-8; every row names its customer")
    }
    return code
  }

  func whole(_ column: Int, below limit: Int) throws -> Int {
    let field = reader.field(places[column])
    var number = 0
    for byte in field {
      guard 48...57 ~= byte, number < limit else {
        number = limit
        break
      }
      number = number * 10 + Int(byte - 48)
    }
    guard number < limit, field.count > 0 else {
      throw complaint(column, "not a whole number from 0 to \(limit - 1)")
    }
    return number
  }

  private func complaint(_ column: Int, _ reason: String) -> ModelError {
    ModelError(.malformedTable, "read \(reader.name): line \(reader.line), column '\(columns[column])': \(reason)")
  }
}
