import ArgumentParser
import Foundation
import Journeys
import Models

struct PredictCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Scores the rows of a table with a model that 'fit' wrote, or with one of LightGBM's.",
    discussion: """
      Answers with the rows of the table and the predictions beside them: 'probability' (logistic, boosting; \
      'prediction' for other losses), 'cluster' (k-means), or for the buy-till-you-die models 'p_alive', \
      'expected_purchases' for each --horizon, 'expected_value' and, with --discount, 'residual_lifetime_value'. \
      Rows of NumPy files are numbered from 0. The table needs the columns that the model was fitted with, the others \
      are passed over.

      Examples:
        analytics-cli predict --model telco.json --table customers.csv --format csv --output scored.csv
        analytics-cli predict --model telco/model.txt --table customers.csv --keep customerID
        analytics-cli predict --model bg-nbd.json --table rfm.csv --horizon 39 --horizon 52 --discount 0.0027
      """)

  @Option(help: ArgumentHelp("The model, as 'fit --model' wrote it, or LightGBM's text file.", valueName: "file"))
  var model: String

  @Option(help: ArgumentHelp("CSV file, or a directory with X.npy (or X_test.npy).", valueName: "file"))
  var table: String

  @Option(help: ArgumentHelp("Columns of the CSV file to repeat in the answer (default: all).", valueName: "a,b"))
  var keep: String?

  @Option(
    name: .customLong("horizon"),
    help: ArgumentHelp("How far to look ahead, in the model's unit of time (repeatable).", valueName: "time"))
  var horizons: [Double] = []

  @Option(help: ArgumentHelp("What comes after a time s is worth e^(-rate s) of it.", valueName: "rate"))
  var discount: Double?

  @OptionGroup var separator: DelimiterOptions
  @OptionGroup var answer: OutputOptions

  func run() async throws {
    guard table != "-" else { throw ValidationError("--table: the table is read twice, so stdin will not do") }
    let predictor = try Predictor(URL(filePath: model), horizons: horizons, discount: discount)
    let progress = Progress("predict", unit: "rows")
    let delimiter = try separator.byte
    let predictions = try await predictor.predict(table, delimiter: delimiter) { bytes, total, rows in
      try progress.update(share: total.map { Double(bytes) / Double(max($0, 1)) }, count: rows)
    }
    progress.finish()
    let isMatrix = isDirectory(table) || table.hasSuffix(".npy")
    let rows =
      isMatrix
      ? KeptRows()
      : try KeptRows(table, delimiter: delimiter, keep: keep.map(names), replacing: predictions.columns.map(\.name))
    try write(rows, predictions)
  }

  /// Row by row: the answer is as long as the table, and never in memory.
  private func write(_ rows: KeptRows, _ predictions: Predictions) throws {
    let columns = rows.names + predictions.columns.map(\.name)
    let count = predictions.rows
    let sink = try TextSink(answer.output)
    switch answer.effectiveFormat {
    case .table:
      // People look at the first rows; files and programs get them all.
      var table = TextTable(columns)
      for row in 0..<min(20, count) {
        table.rows.append(
          try rows.next().map { .text($0) } + predictions.columns.map { .number($0.values[row], decimals: 6) })
      }
      if count > 20 {
        table.notes = ["the first 20 of \(TextTable.Cell.integer(count).forPeople) rows; --format csv has all"]
      }
      try sink.write(table.text)
    case .csv:
      try sink.write(TextTable.csvLine(columns))
      for row in 0..<count {
        try sink.write(TextTable.csvLine(rows.next() + predictions.columns.map { $0.values[row].description }))
      }
    case .json:
      try sink.write("{\"learner\":\(JSONText.quoted(predictions.learner)),\"rows\":[")
      var separator = "\n"
      for row in 0..<count {
        var fields = zip(rows.names, try rows.nextJSON()).map { (key: $0, text: $1) }
        fields += predictions.json(row)
        fields.sort { $0.key < $1.key }
        let text = fields.map { JSONText.quoted($0.key) + ":" + $0.text }.joined(separator: ",")
        try sink.write(separator + "{" + text + "}")
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

  /// - Parameters:
  ///   - keep: names of columns; nil for all of them.
  ///   - replacing: names of the predictions.
  init(_ path: String, delimiter: UInt8, keep: [String]?, replacing: [String]) throws {
    reader = CSVReader(try ByteSource(path), delimiter: delimiter)
    let header = try nextRecord() ?? []
    if let missing = keep?.first(where: { !header.contains($0) }) {
      throw ValidationError("--keep: the table has no column '\(missing)'; it has \(header.joined(separator: ", "))")
    }
    // A prediction of an earlier model gives way to this one's.
    places = header.indices.filter { keep?.contains(header[$0]) ?? !replacing.contains(header[$0]) }
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
