import ArgumentParser
import Foundation
import Journeys
import Models

struct PredictCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Scores the rows of a table with a model that 'fit' wrote.",
    discussion: """
      Answers with the rows of the table and the column 'probability' beside them; rows of NumPy files are numbered \
      from 0. The table needs the columns that the model was fitted with, the others are passed over.

      Examples:
        analytics-cli predict --model telco.json --table customers.csv --format csv --output scored.csv
        analytics-cli predict --model telco.json --table customers.csv --keep customerID
        analytics-cli predict --model features.json --table features
      """)

  @Option(help: ArgumentHelp("The model, as 'fit --model' wrote it.", valueName: "file"))
  var model: String

  @Option(help: ArgumentHelp("CSV file, or a directory with X.npy (or X_test.npy).", valueName: "file"))
  var table: String

  @Option(help: ArgumentHelp("Columns of the CSV file to repeat in the answer (default: all).", valueName: "a,b"))
  var keep: String?

  @OptionGroup var separator: DelimiterOptions
  @OptionGroup var answer: OutputOptions

  func run() async throws {
    guard table != "-" else { throw ValidationError("--table: the table is read twice, so stdin will not do") }
    let model = try ModelFile.logistic(URL(filePath: model))
    let progress = Progress("predict", unit: "rows")
    let rows: KeptRows
    let data: Table
    if isDirectory(table) {
      rows = KeptRows()
      data = try TableReader.matrix(table)
    } else {
      let delimiter = try separator.byte
      rows = try KeptRows(table, delimiter: delimiter, keep: keep.map(names))
      let layout = TableLayout(model.encoding, delimiter: delimiter)
      data = try TableReader.csv(table, layout: layout) { bytes, total, rows in
        try progress.update(share: total.map { Double(bytes) / Double(max($0, 1)) }, count: rows)
      }.table
    }
    let design = try DesignMatrix(data, encoding: model.encoding)
    warn(ofUnknownLevels: design.unknownLevels)
    let probabilities = try await model.predictProbability(design)
    progress.finish()
    try write(rows, probabilities)
  }

  /// Row by row: the answer is as long as the table, and never in memory.
  private func write(_ rows: KeptRows, _ probabilities: [Double]) throws {
    let columns = rows.names + ["probability"]
    let sink = try TextSink(answer.output)
    switch answer.effectiveFormat {
    case .table:
      // People look at the first rows; files and programs get them all.
      var table = TextTable(columns)
      for probability in probabilities.prefix(20) {
        table.rows.append(try rows.next().map { .text($0) } + [.number(probability, decimals: 6)])
      }
      if probabilities.count > 20 {
        let count = TextTable.Cell.integer(probabilities.count).forPeople
        table.notes = ["the first 20 of \(count) rows; --format csv has all"]
      }
      try sink.write(table.text)
    case .csv:
      try sink.write(TextTable.csvLine(columns))
      for probability in probabilities { try sink.write(TextTable.csvLine(rows.next() + [probability.description])) }
    case .json:
      let places = columns.indices.sorted { columns[$0] < columns[$1] }
      let keys = columns.map { JSONText.quoted($0) + ":" }
      try sink.write("{\"learner\":\"logistic\",\"rows\":[")
      var separator = "\n"
      for probability in probabilities {
        let values = try rows.nextJSON() + [probability.description]
        try sink.write(separator + "{" + places.map { keys[$0] + values[$0] }.joined(separator: ",") + "}")
        separator = ",\n"
      }
      try sink.write("\n]}\n")
    }
    try sink.finish()
  }
}

/// The fields of a table's rows that stand beside the prediction, one row after the other.
private final class KeptRows {
  private(set) var names = ["row"]
  private var places: [Int] = []
  /// Nil for rows that have nothing but their number.
  private var reader: CSVReader?
  private var row = -1

  init() { reader = nil }

  /// - Parameter keep: names of columns; nil for all of them.
  init(_ path: String, delimiter: UInt8, keep: [String]?) throws {
    reader = CSVReader(try ByteSource(path), delimiter: delimiter)
    let header = try nextRecord() ?? []
    if let missing = keep?.first(where: { !header.contains($0) }) {
      throw ValidationError("--keep: the table has no column '\(missing)'; it has \(header.joined(separator: ", "))")
    }
    // A prediction of an earlier model gives way to this one's.
    places = header.indices.filter { keep?.contains(header[$0]) ?? (header[$0] != "probability") }
    names = places.map { header[$0] }
  }

  func next() throws -> [String] {
    row += 1
    guard let record = try nextRecord() else { return [String(row)] }
    return places.map { record[$0] }
  }

  func nextJSON() throws -> [String] {
    row += 1
    guard let record = try nextRecord() else { return [String(row)] }
    return places.map { JSONText.quoted(record[$0]) }
  }

  private func nextRecord() throws -> [String]? {
    guard try reader?.next() == true, let count = reader?.fieldCount else { return nil }
    var fields: [String] = []
    for place in 0..<count { fields.append(reader?.text(place) ?? "") }
    return fields
  }
}
