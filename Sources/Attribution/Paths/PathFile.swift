import Journeys

/// A CSV file of aggregated paths, as the field's libraries take it.
///
/// Header `path,total_conversions[,total_conversion_value][,total_null]` in any order, further columns are ignored;
/// the steps of a path are separated by `>`, blanks around them and empty steps do not count. Numbers are doubles of at
/// least 0; fractions of a conversion are legal. A row whose path has no step is unattributed. Streams: memory is that
/// of the distinct steps and pairs of them, and for the models that need them of the distinct sets or paths.
public struct PathFile: Sendable {
  /// Rows that were left out for the same reason.
  public struct Rejection: Sendable, Equatable {
    public let reason: String
    public internal(set) var count: Int
    /// File and line of the first one.
    public let firstPlace: String
  }

  public struct Report: Sendable {
    /// One for each model, in the order asked for.
    public let results: [AttributionResult]
    /// Read, the rejected included.
    public let rows: Int
    /// The most frequent first.
    public let rejections: [Rejection]
  }

  /// Bytes read, of all (nil for stdin), and rows so far.
  public typealias Progress = (_ bytes: Int, _ total: Int?, _ rows: Int) throws -> Void

  private let path: String

  /// - Parameter path: `-` is stdin, `.gz` is unpacked.
  public init(_ path: String) { self.path = path }

  /// - Throws: `AttributionError` `.malformedPaths` when the header is not that of paths, `.unsolvable`;
  ///   `JourneyError` when the file cannot be read; what `progress` throws; `.invalidQuery`
  ///   for a model that needs to know when touches were. Rows that are no paths do not throw.
  public func attribute(
    _ models: [AttributionModel], _ settings: ModelSettings = ModelSettings(), repeats: Repeats = .all,
    bootstrap: BootstrapSettings? = nil, progress: Progress = { _, _, _ in }
  ) throws -> Report {
    if let model = models.first(where: \.needsTimes) {
      throw AttributionError(
        .invalidQuery,
        "attribution of paths of \(path): \(model.rawValue) needs to know when touches were, which a file of paths "
          + "does not tell; ask for other models, or take a journey store")
    }
    var csv = CSVReader(try ByteSource(path))
    let columns = try Columns(&csv)
    let needs = PathNeeds(models, settings)
    var reader = PathFileReader(needs.union(bootstrap == nil ? [] : .paths), repeats: repeats, settings)
    var rows = 0
    var rejections: [String: Rejection] = [:]
    while try csv.next() {
      rows += 1
      if rows & 0xffff == 0 { try progress(csv.position, csv.size, rows) }
      do throws(MalformedRow) {
        try columns.add(csv, to: &reader)
      } catch {
        let place = "\(csv.name):\(csv.line)"
        rejections[error.reason, default: Rejection(reason: error.reason, count: 0, firstPlace: place)].count += 1
      }
    }
    try progress(csv.position, csv.size, rows)
    let counted = reader.finish()
    var results = try counted.results(models, settings)
    if let bootstrap {
      var resamples = Resamples(of: results, bootstrap)
      for number in 0..<bootstrap.resamples {
        resamples.add(try counted.resampled(needs, settings, seed: bootstrap.seed, number).results(models, settings))
      }
      results = resamples.withIntervals()
    }
    return Report(
      results: results, rows: rows,
      rejections: rejections.values.sorted { ($1.count, $0.reason) < ($0.count, $1.reason) })
  }
}

private struct MalformedRow: Error { let reason: String }

/// Where the columns of a file of paths are.
private struct Columns {
  private let count: Int
  private let path: Int
  private let conversions: Int
  private let value: Int?
  private let nulls: Int?

  init(_ csv: inout CSVReader) throws {
    let hasHeader = try csv.next()
    let names = hasHeader ? (0..<csv.fieldCount).map { trimmed(csv.text($0)) } : []
    func column(_ name: String) throws(AttributionError) -> Int {
      guard let place = names.firstIndex(of: name) else {
        throw AttributionError(
          .malformedPaths,
          "read paths of \(csv.name): no column '\(name)'; the header must be "
            + "path,total_conversions[,total_conversion_value][,total_null]")
      }
      return place
    }
    count = names.count
    path = try column("path")
    conversions = try column("total_conversions")
    value = names.firstIndex(of: "total_conversion_value")
    nulls = names.firstIndex(of: "total_null")
  }

  func add(_ csv: borrowing CSVReader, to reader: inout PathFileReader) throws(MalformedRow) {
    guard csv.fieldCount == count else { throw MalformedRow(reason: "another number of fields than the header") }
    func number(_ column: Int?, _ name: String) throws(MalformedRow) -> Double {
      guard let column else { return 0 }
      guard let number = decimal(csv.field(column)) else { throw MalformedRow(reason: "\(name) is not a number") }
      guard number >= 0 else { throw MalformedRow(reason: "\(name) is negative") }
      return number
    }
    let credit = Credit(
      conversions: try number(conversions, "total_conversions"), revenue: try number(value, "total_conversion_value"))
    reader.add(csv.field(path), credit, nulls: try number(nulls, "total_null"))
  }
}

private func trimmed(_ text: String) -> String {
  var bytes = Substring(text).utf8
  while let first = bytes.first, first <= 0x20 { bytes.removeFirst() }
  while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
  return String(Substring(bytes))
}

/// The double that a decimal number stands for, nil for anything else.
private func decimal(_ text: UnsafeRawBufferPointer) -> Double? {
  var mantissa: UInt64 = 0
  var decimals = 0
  var digits = 0
  var afterPoint = false
  for byte in text {
    if 0x30...0x39 ~= byte {
      mantissa = mantissa &* 10 &+ UInt64(byte &- 0x30)
      digits += 1
      if afterPoint { decimals += 1 }
    } else if byte == UInt8(ascii: "."), !afterPoint {
      afterPoint = true
    } else {
      digits = 0
      break
    }
  }
  // Both numbers are exact, so the quotient is rounded once (Clinger 1990); anything longer goes the long way.
  if 1...15 ~= digits { return Double(mantissa) / powersOfTen[decimals] }
  guard let number = Double(trimmed(String(decoding: text, as: UTF8.self))), number.isFinite else { return nil }
  return number
}

private let powersOfTen: [Double] = (0...15).map { (0..<$0).reduce(1.0) { power, _ in power * 10 } }
