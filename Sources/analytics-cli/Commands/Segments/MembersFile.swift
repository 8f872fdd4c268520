import Foundation

/// A list of customers that is written row by row: CSV, or a list of objects in JSON if the name ends so.
final class MembersFile {
  private let sink: TextSink
  private let columns: [String]
  private let isJSON: Bool
  private var isFirst = true

  /// - Throws: `OutputError`, as every function here.
  init(_ path: String, columns: [String]) throws {
    sink = try TextSink(path)
    self.columns = columns
    isJSON = path.lowercased().hasSuffix(".json")
    try sink.write(isJSON ? "[" : TextTable.csvLine(columns))
  }

  func write(_ cells: [TextTable.Cell]) throws {
    guard isJSON else { return try sink.write(TextTable.csvLine(cells.map(\.forMachines))) }
    let fields = zip(columns, cells).sorted { $0.0 < $1.0 }.map { column, cell in
      switch cell {
      case .text(let text): "\(JSONText.quoted(column)):\(JSONText.quoted(text))"
      case .none: "\(JSONText.quoted(column)):null"
      default: "\(JSONText.quoted(column)):\(cell.forMachines)"
      }
    }
    try sink.write((isFirst ? "\n{" : ",\n{") + fields.joined(separator: ",") + "}")
    isFirst = false
  }

  /// Gives the file its name.
  func finish() throws {
    if isJSON { try sink.write("\n]\n") }
    try sink.finish()
  }
}
