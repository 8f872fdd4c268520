import Foundation
import Journeys

extension TableReader {
  /// What a directory of `.npy` files holds.
  public struct Matrices: Sendable {
    /// `X.npy` and `y.npy`, or `X_train.npy` and `y_train.npy`.
    public var main: LabelledTable
    /// `X_test.npy` and `y_test.npy`, where the directory has them.
    public var test: LabelledTable?
  }

  /// A directory with `X.npy` (rows x columns, float32) and `y.npy` (uint8, float32 or float64; 0 and 1), or with
  /// `X_train.npy`, `y_train.npy`, `X_test.npy`, `y_test.npy`. Columns are called `x0`, `x1`, ...
  ///
  /// The matrix is mapped, not read: its pages are loaded as they are used.
  ///
  /// - Throws: `ModelError`, `JourneyError` naming the file.
  public static func matrices(_ directory: String) throws -> Matrices {
    let url = URL(filePath: directory, directoryHint: .isDirectory)
    if exists(url, "X.npy") {
      return Matrices(main: try labelled(url, x: "X.npy", y: "y.npy"))
    }
    guard exists(url, "X_train.npy") else {
      throw ModelError(
        .unreadable, "read \(directory): it has neither X.npy nor X_train.npy; a table is a CSV file or has those")
    }
    let train = try labelled(url, x: "X_train.npy", y: "y_train.npy")
    guard exists(url, "X_test.npy") else { return Matrices(main: train) }
    return Matrices(main: train, test: try labelled(url, x: "X_test.npy", y: "y_test.npy"))
  }

  /// Only the numbers of a directory, to score them: `X.npy`, or `X_test.npy` where there is none.
  public static func matrix(_ directory: String) throws -> Table {
    let url = URL(filePath: directory, directoryHint: .isDirectory)
    return try matrix(url.appending(path: exists(url, "X.npy") ? "X.npy" : "X_test.npy"))
  }

  private static func exists(_ directory: URL, _ file: String) -> Bool {
    FileManager.default.fileExists(atPath: directory.appending(path: file).path)
  }

  private static func labelled(_ directory: URL, x: String, y: String) throws -> LabelledTable {
    let table = try matrix(directory.appending(path: x))
    let labels = try labels(directory.appending(path: y))
    guard labels.count == table.rows else {
      throw ModelError(
        .malformedTable, "read \(directory.path): \(x) has \(table.rows) rows, \(y) \(labels.count) labels")
    }
    return LabelledTable(table: table, labels: labels, label: LabelledTable.Label(column: "y"))
  }

  private static func matrix(_ url: URL) throws -> Table {
    let values = try Column<Float>(npy: url)
    guard values.shape.count == 2 else {
      throw ModelError(
        .malformedTable,
        "read \(url.path): an array of \(values.shape.count) dimensions, where rows x columns is needed")
    }
    return Table(matrix: values, names: (0..<values.shape[1]).map { "x\($0)" })
  }

  private static func labels(_ url: URL) throws -> [UInt8] {
    if let labels = try? Column<UInt8>(npy: url) { return try checked(labels, url) }
    if let labels = try? Column<Float>(npy: url) { return try checked(labels, url) }
    return try checked(Column<Double>(npy: url), url)
  }

  private static func checked<Number: NpyElement & Numeric>(_ labels: Column<Number>, _ url: URL) throws -> [UInt8] {
    var result = [UInt8](repeating: 0, count: labels.count)
    for row in 0..<labels.count {
      switch labels[row] {
      case 0: break
      case 1: result[row] = 1
      default: throw ModelError(.malformedTable, "read \(url.path): the label of row \(row) is neither 0 nor 1")
      }
    }
    return result
  }
}
