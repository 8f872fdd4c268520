import Foundation

/// A square chart of one curve against a diagonal, SVG 1.1.
public struct CurvePlot: Sendable, Equatable {
  struct Point: Sendable, Equatable {
    var x: Double
    var y: Double
    /// Shown under the pointer.
    var hint: String
  }

  var title: String
  var xTitle: String
  var yTitle: String
  var points: [Point]
  /// The end of both axes.
  var end: Double

  /// Predicted against observed, by tenths of the customers: on the diagonal where the model is right.
  public static func calibration(_ validation: ModelCard.Validation, of name: String) -> CurvePlot {
    let pairs: [(Double, Double, Int)] =
      switch validation.model {
      case .probability(let metrics):
        metrics.calibration.bins.map { ($0.meanPredicted, $0.observedRate, $0.rows) }
      case .value(let metrics): metrics.deciles.map { ($0.meanPredicted, $0.meanActual, $0.rows) }
      }
    let largest = pairs.reduce(0) { max($0, $1.0, $1.1) }
    let points = pairs.map { predicted, observed, rows in
      Point(
        x: predicted, y: observed, hint: "predicted \(short(predicted)), observed \(short(observed)), \(rows) customers"
      )
    }
    return CurvePlot(
      title: "\(name): calibration", xTitle: "predicted", yTitle: "observed", points: points,
      end: largest > 0 ? largest : 1)
  }

  /// What is found among the customers ranked first: above the diagonal by what the ranking is worth.
  public static func gain(_ validation: ModelCard.Validation, of name: String) -> CurvePlot {
    var points = [Point(x: 0, y: 0, hint: "")]
    func add(_ share: Double, _ gain: Double) {
      points.append(Point(x: share, y: gain, hint: "the first \(short(share)) of the customers have \(short(gain))"))
    }
    switch validation.model {
    case .probability(let metrics): for row in metrics.lift { add(row.share, row.gain) }
    case .value(let metrics):
      var (rows, money) = (0, 0.0)
      for decile in metrics.deciles.reversed() where metrics.actualTotal > 0 {
        rows += decile.rows
        money += Double(decile.rows) * decile.meanActual
        add(Double(rows) / Double(metrics.rows), money / metrics.actualTotal)
      }
    }
    return CurvePlot(
      title: "\(name): gain", xTitle: "share of the customers, the highest scores first",
      yTitle: validation.model.binary != nil ? "share of the positives" : "share of the money", points: points, end: 1)
  }

  private enum Layout {
    static let side = 360
    static let left = 76
    static let top = 44
    static let width = left + side + 24
    static let height = top + side + 56
    static let ticks = 4
  }

  public var svg: String {
    var svg = """
      <?xml version="1.0" encoding="UTF-8"?>
      <svg xmlns="http://www.w3.org/2000/svg" width="\(Layout.width)" height="\(Layout.height)" \
      viewBox="0 0 \(Layout.width) \(Layout.height)" role="img" \
      font-family="system-ui, Helvetica, Arial, sans-serif" font-size="12">
      <title>\(Self.escaped(title))</title>
      <rect width="100%" height="100%" fill="#ffffff"/>
      <text x="\(Layout.left)" y="24" font-size="15" font-weight="600">\(Self.escaped(title))</text>
      <text x="\(Layout.left + Layout.side / 2)" y="\(Layout.height - 12)" text-anchor="middle">\(xTitle)</text>
      <text transform="translate(16 \(Layout.top + Layout.side / 2)) rotate(-90)" text-anchor="middle">\(yTitle)</text>

      """
    for tick in 0...Layout.ticks {
      let value = end * Double(tick) / Double(Layout.ticks)
      let (x, y) = (x(value), y(value))
      svg +=
        "<path d=\"M\(x) \(Layout.top)V\(Layout.top + Layout.side)M\(Layout.left) \(y)H\(Layout.left + Layout.side)\""
      svg += " stroke=\"#dddddd\"/>\n"
      svg +=
        "<text x=\"\(x)\" y=\"\(Layout.top + Layout.side + 18)\" text-anchor=\"middle\">\(Self.short(value))</text>\n"
      svg += "<text x=\"\(Layout.left - 8)\" y=\"\(y)\" dy=\"4\" text-anchor=\"end\">\(Self.short(value))</text>\n"
    }
    svg += "<path d=\"M\(x(0)) \(y(0))L\(x(end)) \(y(end))\" stroke=\"#999999\" stroke-dasharray=\"4 4\"/>\n"
    let path = points.map { "\(x($0.x)) \(y($0.y))" }.joined(separator: "L")
    if !points.isEmpty { svg += "<path d=\"M\(path)\" fill=\"none\" stroke=\"#08519c\" stroke-width=\"2\"/>\n" }
    for point in points where !point.hint.isEmpty {
      svg += "<circle cx=\"\(x(point.x))\" cy=\"\(y(point.y))\" r=\"4\" fill=\"#08519c\">"
      svg += "<title>\(point.hint)</title></circle>\n"
    }
    return svg + "</svg>\n"
  }

  private func x(_ value: Double) -> String { Self.place(Double(Layout.left) + value / end * Double(Layout.side)) }

  private func y(_ value: Double) -> String {
    Self.place(Double(Layout.top) + (1 - value / end) * Double(Layout.side))
  }

  private static func place(_ pixels: Double) -> String { String(format: "%.1f", pixels) }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }

  /// Three digits that count.
  private static func short(_ value: Double) -> String { String(format: value >= 1000 ? "%.0f" : "%.3g", value) }
}
