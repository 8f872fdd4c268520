import Foundation

/// Rows under headings, for people (`text`) and for spreadsheets (`csv`, RFC 4180).
struct TextTable {
  enum Cell {
    case text(String)
    case integer(Int)
    /// For people with so many decimals; in CSV to the last digit.
    case number(Double, decimals: Int)
    /// A share, for people in per cent; in CSV as it is.
    case share(Double)
    case none

    var forPeople: String {
      switch self {
      case .text(let text): text
      case .integer(let number): Self.grouped(String(number))
      case .number(let number, let decimals):
        number.isFinite ? Self.grouped(String(format: "%.\(decimals)f", number)) : "–"
      case .share(let share): share.isFinite ? String(format: "%.1f %%", share * 100) : "–"
      case .none: "–"
      }
    }

    var forMachines: String {
      switch self {
      case .text(let text): text
      case .integer(let number): String(number)
      case .number(let number, _), .share(let number): number.isFinite ? number.description : ""
      case .none: ""
      }
    }

    var isNumber: Bool { if case .text = self { false } else { true } }

    /// 1234567.5 → 1,234,567.5
    private static func grouped(_ digits: String) -> String {
      let parts = digits.split(separator: ".", maxSplits: 1)
      var whole = Array(parts[0])
      let sign = whole.first == "-" ? 1 : 0
      var place = whole.count - 3
      while place > sign {
        whole.insert(",", at: place)
        place -= 3
      }
      return String(whole) + (parts.count > 1 ? "." + parts[1] : "")
    }
  }

  var title: String?
  var columns: [String]
  var rows: [[Cell]] = []
  /// What a reader of the table should know; not part of the CSV.
  var notes: [String] = []

  init(_ columns: [String], title: String? = nil) {
    self.columns = columns
    self.title = title
  }

  var text: String {
    let cells = rows.map { $0.map(\.forPeople) }
    let widths = columns.indices.map { column in
      ([columns[column]] + cells.map { $0[column] }).map(Self.width).max() ?? 0
    }
    let numeric = columns.indices.map { column in
      !rows.isEmpty && rows.allSatisfy { $0[column].isNumber }
    }
    func line(_ texts: [String]) -> String {
      let padded = texts.indices.map { column in
        let blanks = String(repeating: " ", count: max(0, widths[column] - Self.width(texts[column])))
        return numeric[column] ? blanks + texts[column] : texts[column] + blanks
      }
      return padded.joined(separator: "  ").replacing(/\s+$/, with: "")
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    let lines = [title].compactMap { $0 } + [line(columns), rule] + cells.map(line) + notes
    return lines.joined(separator: "\n") + "\n"
  }

  var csv: String {
    ([columns] + rows.map { $0.map(\.forMachines) }).map(Self.csvLine).joined()
  }

  static func csvLine(_ fields: [String]) -> String { fields.map(quoted).joined(separator: ",") + "\r\n" }

  private static func quoted(_ text: String) -> String {
    text.contains { ",\"\n\r\r\n".contains($0) } ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
  }

  /// Columns that a text takes in a terminal: combining marks none, wide East Asian characters two.
  private static func width(_ text: String) -> Int {
    text.reduce(0) { width, character in
      guard let scalar = character.unicodeScalars.first else { return width }
      let wide =
        (0x1100...0x115f).contains(scalar.value) || (0x2e80...0xa4cf).contains(scalar.value)
        || (0xac00...0xd7a3).contains(scalar.value) || (0xff00...0xff60).contains(scalar.value)
        || (0x1f300...0x1faff).contains(scalar.value)
      return width + (wide ? 2 : 1)
    }
  }
}
