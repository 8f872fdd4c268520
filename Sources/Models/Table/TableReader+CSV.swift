import Foundation
import Journeys

/// Reads tables: CSV files and directories of `.npy` files.
public enum TableReader {
  /// A CSV file (RFC 4180, header first; `.gz` is read, `-` is stdin).
  ///
  /// Blank numbers count as 0, blank categories as a level of their own.
  ///
  /// - Parameter progress: is told now and then how many bytes of how many and how many rows were read.
  /// - Throws: `ModelError` naming line and column, never the value; `JourneyError` when the file cannot be read; what
  ///   `progress` throws.
  public static func csv(
    _ path: String, layout: TableLayout,
    progress: (_ bytes: Int, _ of: Int?, _ rows: Int) throws -> Void = { _, _, _ in }
  ) throws -> LabelledTable {
    var reader = CSVReader(try ByteSource(path), delimiter: layout.delimiter)
    let file = reader.name
    guard try reader.next() else {
      throw ModelError(.malformedTable, "read \(file): it is empty; the first line must name the columns")
    }
    let header = (0..<reader.fieldCount).map { reader.text($0) }
    let roles = try layout.roles(of: header, file: file)
    let columns = zip(header, roles).map { ColumnBuilder(name: $0, role: $1) }
    var labels: [UInt8] = []
    let positive = layout.positive.map { Array($0.utf8) }
    var rows = 0
    while try reader.next() {
      rows += 1
      if rows % 8192 == 0 { try progress(reader.position, reader.size, rows) }
      guard reader.fieldCount == columns.count else {
        throw ModelError(
          .malformedTable,
          "read \(file): line \(reader.line) has \(reader.fieldCount) fields where the header has \(columns.count)")
      }
      for index in columns.indices {
        let accepted =
          roles[index] == .label
          ? appendLabel(reader.field(index), positive: positive, to: &labels)
          : columns[index].append(reader.field(index))
        guard accepted else {
          throw ModelError(
            .malformedTable,
            "read \(file): line \(reader.line), column '\(header[index])': \(columns[index].complaint)")
        }
      }
    }
    return LabelledTable(
      table: Table(columns: columns.compactMap { $0.finish() }), labels: labels,
      label: LabelledTable.Label(column: layout.label ?? "", positive: layout.positive))
  }

  private static func appendLabel(
    _ field: UnsafeRawBufferPointer, positive: [UInt8]?, to labels: inout [UInt8]
  ) -> Bool {
    if let positive {
      labels.append(field.elementsEqual(positive) ? 1 : 0)
      return true
    }
    guard let number = NumberText.double(field), number == 0 || number == 1 else { return false }
    labels.append(UInt8(number))
    return true
  }
}

/// One column while its file is read.
private final class ColumnBuilder {
  let name: String
  let role: TableLayout.Role
  private var numbers: [Double] = []
  private var levels = LevelColumn()

  init(name: String, role: TableLayout.Role) {
    self.name = name
    self.role = role
  }

  func append(_ field: UnsafeRawBufferPointer) -> Bool {
    switch role {
    case .number:
      guard let number = NumberText.isBlank(field) ? 0 : NumberText.double(field) else { return false }
      numbers.append(number)
      return true
    case .category: return levels.append(field)
    case .dropped, .label: return true
    }
  }

  var complaint: String {
    switch role {
    case .number: "not a number; leave the column out of the numeric ones or drop it"
    case .label: "the label is neither 0 nor 1; name the value that counts as positive"
    case .category, .dropped: "the text is not UTF-8; convert the file"
    }
  }

  func finish() -> TableColumn? {
    switch role {
    case .number: return TableColumn(name: name, values: .numbers(numbers))
    case .category: return TableColumn(name: name, values: levels.sorted())
    case .dropped, .label: return nil
    }
  }
}
