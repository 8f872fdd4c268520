import Foundation
import Journeys

extension TableReader {
  /// Some columns of numbers, in the order asked for: of a CSV file (header first; `.gz` is read, `-` is stdin), of one
  /// `.npy` matrix (rows x columns; columns are called `x0`, `x1`, ...), or of a directory with such a matrix `X.npy`
  /// or with one `NAME.npy` for each column.
  ///
  /// - Parameters:
  ///   - blankAsZero: columns in which a blank field of a CSV file counts as 0; in the others it is refused.
  ///   - progress: is told now and then how many bytes of how many and how many rows were read.
  /// - Throws: `ModelError` naming file, line and column, never the value; `JourneyError` when a file cannot be read;
  ///   what `progress` throws.
  public static func numbers(
    _ path: String, columns: [String], blankAsZero: Set<String> = [], delimiter: UInt8 = UInt8(ascii: ","),
    progress: (_ bytes: Int, _ of: Int?, _ rows: Int) throws -> Void = { _, _, _ in }
  ) throws -> [[Double]] {
    var isDirectory: ObjCBool = false
    let url = URL(filePath: path)
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue {
      let matrix = url.appending(path: "X.npy")
      return FileManager.default.fileExists(atPath: matrix.path)
        ? try NumberMatrix(matrix).columns(columns)
        : try checked(columns.map { try NumberMatrix(url.appending(path: $0 + ".npy")).vector() }, columns, path)
    }
    if path.hasSuffix(".npy") { return try NumberMatrix(url).columns(columns) }
    return try csvNumbers(path, columns: columns, blankAsZero: blankAsZero, delimiter: delimiter, progress: progress)
  }

  private static func csvNumbers(
    _ path: String, columns: [String], blankAsZero: Set<String>, delimiter: UInt8,
    progress: (_ bytes: Int, _ of: Int?, _ rows: Int) throws -> Void
  ) throws -> [[Double]] {
    var reader = CSVReader(try ByteSource(path), delimiter: delimiter)
    let file = reader.name
    guard try reader.next() else {
      throw ModelError(.malformedTable, "read \(file): it is empty; the first line must name the columns")
    }
    let header = (0..<reader.fieldCount).map { reader.text($0) }
    // The same words for a missing or doubled column as where a whole table is read.
    _ = try TableLayout(label: nil, numeric: columns, delimiter: delimiter).roles(of: header, file: file)
    let places = columns.map { name in header.firstIndex(of: name) ?? 0 }
    let blanks = columns.map(blankAsZero.contains)
    var result = columns.map { _ in [Double]() }
    var rows = 0
    while try reader.next() {
      rows += 1
      if rows % 8192 == 0 { try progress(reader.position, reader.size, rows) }
      guard reader.fieldCount == header.count else {
        throw ModelError(
          .malformedTable,
          "read \(file): line \(reader.line) has \(reader.fieldCount) fields where the header has \(header.count)")
      }
      for (index, place) in places.enumerated() {
        let field = reader.field(place)
        guard let number = NumberText.double(field) ?? (blanks[index] && NumberText.isBlank(field) ? 0 : nil) else {
          throw ModelError(
            .malformedTable,
            "read \(file): line \(reader.line), column '\(columns[index])': blank or not a number; correct or drop it")
        }
        result[index].append(number)
      }
    }
    return result
  }

  private static func checked(
    _ vectors: [[Double]], _ names: [String], _ path: String
  ) throws(ModelError) -> [[Double]] {
    for (vector, name) in zip(vectors, names) where vector.count != vectors[0].count {
      throw ModelError(
        .malformedTable,
        "read \(path): \(name).npy has \(vector.count) numbers, \(names[0]).npy \(vectors[0].count)")
    }
    return vectors
  }
}

/// A `.npy` array of numbers of any of the types that we read, as doubles.
private struct NumberMatrix {
  private enum Values {
    case double(Column<Double>)
    case float(Column<Float>)
    case long(Column<Int64>)
    case int(Column<Int32>)
  }

  private let url: URL
  private let values: Values
  private let shape: [Int]

  init(_ url: URL) throws {
    self.url = url
    if let column = try? Column<Double>(npy: url) {
      (values, shape) = (.double(column), column.shape)
    } else if let column = try? Column<Float>(npy: url) {
      (values, shape) = (.float(column), column.shape)
    } else if let column = try? Column<Int64>(npy: url) {
      (values, shape) = (.long(column), column.shape)
    } else if let column = try? Column<Int32>(npy: url) {
      (values, shape) = (.int(column), column.shape)
    } else {
      // What is wrong with it is said by the reader of the type that is asked for.
      let column = try Column<Double>(npy: url)
      (values, shape) = (.double(column), column.shape)
    }
  }

  func vector() throws(ModelError) -> [Double] {
    guard shape.count == 1 else {
      throw ModelError(.malformedTable, "read \(url.path): an array of \(shape.count) dimensions, where one is needed")
    }
    return numbers(from: 0, width: 1)
  }

  /// Columns called x0, x1, ...
  func columns(_ names: [String]) throws(ModelError) -> [[Double]] {
    guard shape.count == 2 else {
      throw ModelError(
        .malformedTable, "read \(url.path): an array of \(shape.count) dimensions, where rows x columns is needed")
    }
    let width = shape[1]
    var result: [[Double]] = []
    for name in names {
      guard name.first == "x", let place = Int(name.dropFirst()), (0..<width).contains(place) else {
        throw ModelError(
          .unknownName, "read \(url.path): it has no column '\(name)'; its \(width) columns are called x0, x1, ...")
      }
      result.append(numbers(from: place, width: width))
    }
    return result
  }

  private func numbers(from place: Int, width: Int) -> [Double] {
    func every<Element: NpyElement>(_ column: Column<Element>, _ convert: (Element) -> Double) -> [Double] {
      (0..<shape[0]).map { convert(column[$0 * width + place]) }
    }
    return switch values {
    case .double(let column): every(column) { $0 }
    case .float(let column): every(column) { Double($0) }
    case .long(let column): every(column) { Double($0) }
    case .int(let column): every(column) { Double($0) }
    }
  }
}
