import ArgumentParser
import Foundation
import Models

/// A table to learn from, with the rows that are kept for the test.
struct TableOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("CSV file, or a directory with X.npy and y.npy (or X_train, y_train, …).", valueName: "file"))
  var table: String

  @Option(help: ArgumentHelp("The column to predict (CSV).", valueName: "column"))
  var label: String?

  @Option(
    help: ArgumentHelp(
      "The value of the label that counts as positive (default: 1, with 0 for the others).", valueName: "value"))
  var positive: String?

  @Option(help: ArgumentHelp("Columns to leave out.", valueName: "a,b"))
  var drop: String?

  @Option(help: ArgumentHelp("Columns that are numbers; the others are categories.", valueName: "a,b"))
  var numeric: String?

  @OptionGroup var separator: DelimiterOptions

  @Option(help: ArgumentHelp("Test on every k-th row (0, k, 2k, …), train on the others.", valueName: "k"))
  var testEvery: Int?

  @Option(help: ArgumentHelp("A table of test rows, where they are apart.", valueName: "file"))
  var testTable: String?

  /// Some rows of a table with their labels.
  struct Side {
    var data: LabelledTable
    var rows: RowSelection

    init(_ data: LabelledTable, rows: RowSelection? = nil) {
      self.data = data
      self.rows = rows ?? .all(of: data.table.rows)
    }

    var labels: [UInt8] { (0..<rows.count).map { data.labels[rows[$0]] } }
  }

  func read(_ progress: Progress) throws -> (training: Side, test: Side?) {
    if let testEvery, testEvery < 2 { throw ValidationError("--test-every is at least 2: some rows must train") }
    let (main, ownTest) = try read(table, progress)
    let apart = try testTable.map { try read($0, progress).main } ?? ownTest
    if let apart {
      guard testEvery == nil else {
        throw ValidationError("--test-every splits one table; here the test rows are apart already")
      }
      return (Side(main), Side(apart))
    }
    guard let testEvery else { return (Side(main), nil) }
    let rows = main.table.rows
    let test = Side(main, rows: .test(every: testEvery, of: rows))
    return (Side(main, rows: .training(every: testEvery, of: rows)), test)
  }

  private func read(_ path: String, _ progress: Progress) throws -> (main: LabelledTable, test: LabelledTable?) {
    if isDirectory(path) {
      let given = [("--label", label), ("--positive", positive), ("--drop", drop), ("--numeric", numeric)]
      if let (name, _) = given.first(where: { $0.1 != nil }) {
        throw ValidationError("\(name) goes with a CSV table; \(path) is a directory of .npy files")
      }
      let matrices = try TableReader.matrices(path)
      return (matrices.main, matrices.test)
    }
    guard let label else { throw ValidationError("--label COLUMN is needed: which column is to be predicted?") }
    let layout = TableLayout(
      label: label, positive: positive, drop: names(drop ?? ""), numeric: names(numeric ?? ""),
      delimiter: try separator.byte)
    return (
      try TableReader.csv(path, layout: layout) { bytes, total, rows in
        try progress.update(share: total.map { Double(bytes) / Double(max($0, 1)) }, count: rows)
      }, nil
    )
  }
}

/// `--delimiter ';'`.
struct DelimiterOptions: ParsableArguments {
  @Option(help: "What separates CSV fields.")
  var delimiter = ","

  var byte: UInt8 {
    get throws {
      if delimiter == "\\t" { return 9 }
      guard delimiter.utf8.count == 1, let byte = delimiter.utf8.first else {
        throw ValidationError("--delimiter is one character, such as ';' or \\t")
      }
      return byte
    }
  }
}

func isDirectory(_ path: String) -> Bool {
  var isDirectory: ObjCBool = false
  return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
}
