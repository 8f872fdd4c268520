import Foundation

extension CohortTriangle {
  private enum Layout {
    static let cellWidth = 58
    static let cellHeight = 26
    static let margin = 16
    /// Above the first row: the title, the legend's height and the heads of the columns.
    static let top = 78
    /// Pixels of an average character of 12 pixels.
    static let characterWidth = 7
  }

  /// A heat map as a file of its own, SVG 1.1: a cell is the darker the larger its number; what is not known yet is
  /// left out; the exact number and its interval show under the pointer.
  public func svg() -> String {
    let longest = ([rowTitle] + rows.map(\.label)).map(\.count).max() ?? 0
    let labels = Layout.margin + max(longest, 6) * Layout.characterWidth + 12
    let sizes = max("customers".count, rows.map { String($0.size).count }.max() ?? 0) * Layout.characterWidth + 16
    let left = labels + sizes
    let grid = left + columns.count * Layout.cellWidth
    let width = max(grid, title.count * 9 + Layout.margin, left + 240) + Layout.margin
    let height = Layout.top + rows.count * Layout.cellHeight + Layout.margin

    var svg = """
      <?xml version="1.0" encoding="UTF-8"?>
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" \
      role="img" font-family="system-ui, Helvetica, Arial, sans-serif" font-size="12">
      <title>\(escaped(title))</title>
      <rect width="100%" height="100%" fill="#ffffff"/>
      \(text(title, Layout.margin, 26, "font-size=\"16\" font-weight=\"600\""))

      """
    svg += legend(at: left, 38)
    let head = "fill=\"#555555\" font-weight=\"600\""
    svg += text(rowTitle, Layout.margin, Layout.top - 8, head) + "\n"
    svg += text("customers", left - 10, Layout.top - 8, head + " text-anchor=\"end\"") + "\n"
    for (place, column) in columns.enumerated() {
      let middle = left + place * Layout.cellWidth + Layout.cellWidth / 2
      svg += text(column, middle, Layout.top - 8, head + " text-anchor=\"middle\"") + "\n"
    }
    let scale = scale
    for (place, row) in rows.enumerated() { svg += line(row, Layout.top + place * Layout.cellHeight, left, scale) }
    return svg + "</svg>\n"
  }

  private func line(_ row: Row, _ top: Int, _ left: Int, _ scale: ClosedRange<Double>) -> String {
    let base = top + Layout.cellHeight / 2 + 4
    var svg = text(row.label, Layout.margin, base, "") + "\n"
    svg += text(String(row.size), left - 10, base, "text-anchor=\"end\"") + "\n"
    for (place, value) in row.values.enumerated() {
      guard let value, value.isFinite else { continue }
      let share =
        scale.lowerBound < scale.upperBound
        ? min(max((value - scale.lowerBound) / (scale.upperBound - scale.lowerBound), 0), 1) : 0
      let column = columns.indices.contains(place) ? columns[place] : ""
      var hint = "\(row.label), \(column): \(long(value))"
      if row.intervals.indices.contains(place), let interval = row.intervals[place], interval.count == 2 {
        hint += " (\(long(interval[0])) to \(long(interval[1])))"
      }
      let x = left + place * Layout.cellWidth
      svg += "<g><title>\(escaped(hint))</title>"
      svg += "<rect x=\"\(x)\" y=\"\(top)\" width=\"\(Layout.cellWidth - 2)\" height=\"\(Layout.cellHeight - 2)\""
      svg += " rx=\"2\" fill=\"\(colour(share))\"/>"
      // White is easier to read from the fifth blue on.
      let ink = share > 0.6 ? "#ffffff" : "#1a1a1a"
      svg += text(short(value), x + Layout.cellWidth / 2 - 1, base - 1, "text-anchor=\"middle\" fill=\"\(ink)\"")
      svg += "</g>\n"
    }
    return svg
  }

  /// The scale from its lowest number to its highest.
  private func legend(at x: Int, _ y: Int) -> String {
    let scale = scale
    guard scale.lowerBound < scale.upperBound else { return "" }
    let low = short(scale.lowerBound)
    let start = x + low.count * Layout.characterWidth + 6
    var svg = text(low, x, y + 10, "fill=\"#555555\"") + "\n"
    let steps = 24
    for step in 0..<steps {
      svg += "<rect x=\"\(start + step * 4)\" y=\"\(y)\" width=\"4\" height=\"12\""
      svg += " fill=\"\(colour(Double(step) / Double(steps - 1)))\"/>\n"
    }
    return svg + text(short(scale.upperBound), start + steps * 4 + 6, y + 10, "fill=\"#555555\"") + "\n"
  }

  private func text(_ text: String, _ x: Int, _ y: Int, _ attributes: String) -> String {
    "<text x=\"\(x)\" y=\"\(y)\"\(attributes.isEmpty ? "" : " " + attributes)>\(escaped(text))</text>"
  }
}

/// Brewer's sequential blues (colorbrewer2.org), which keep their order in print and for the colour-blind, without the
/// first, which is hardly to be told from the paper.
private let blues: [(Double, Double, Double)] = [
  (222, 235, 247), (198, 219, 239), (158, 202, 225), (107, 174, 214), (66, 146, 198), (33, 113, 181), (8, 81, 156),
  (8, 48, 107),
]

/// - Parameter share: from 0, the lightest, to 1.
private func colour(_ share: Double) -> String {
  let place = share * Double(blues.count - 1)
  let below = min(Int(place), blues.count - 2)
  let (a, b, part) = (blues[below], blues[below + 1], place - Double(below))
  func mixed(_ x: Double, _ y: Double) -> Int { Int((x + (y - x) * part).rounded()) }
  return String(format: "#%02x%02x%02x", mixed(a.0, b.0), mixed(a.1, b.1), mixed(a.2, b.2))
}

/// Text as XML takes it: markup as entities, and without the control characters that XML 1.0 does not know.
private func escaped(_ text: String) -> String {
  var escaped = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": escaped += "&amp;"
    case "<": escaped += "&lt;"
    case ">": escaped += "&gt;"
    case "\"": escaped += "&quot;"
    case "'": escaped += "&apos;"
    default:
      let isControl = scalar.value < 0x20 || scalar.value == 0xfffe || scalar.value == 0xffff
      escaped.unicodeScalars.append(isControl ? "\u{fffd}" : scalar)
    }
  }
  return escaped
}
