import Attribution
import Journeys

/// One customer's journey, a row for every touch of every conversion.
struct AttributionExplanationAnswer: Answer {
  let explanation: JourneyExplanation
  /// In whose time the table tells it.
  let calendar: ZonedCalendar

  func encode(to encoder: any Encoder) throws { try explanation.encode(to: encoder) }

  var table: TextTable {
    let touches = explanation.conversions.flatMap(\.touches)
    let models = touches.first?.credits.keys.sorted() ?? []
    let dimensions = (touches.first ?? explanation.open.first)?.key.names.count ?? 1
    var table = TextTable(
      ["time", "event"] + (1...dimensions).map { dimensions == 1 ? "key" : "key \($0)" } + ["revenue"] + models,
      title: "Journey of customer \(explanation.customer)")
    func cells(_ touch: JourneyExplanation.Touch) -> [TextTable.Cell] {
      [.text(time(touch.timestamp)), .text(touch.eventType)] + touch.key.names.map { $0.map { .text($0) } ?? .none }
    }
    let noKey = (1...dimensions).map { _ in TextTable.Cell.none }
    for conversion in explanation.conversions {
      table.rows += conversion.touches.map { touch in
        cells(touch) + [.none] + models.map { .share(touch.credits[$0] ?? 0) }
      }
      table.rows.append(
        [.text(time(conversion.timestamp)), .text("→ \(conversion.eventType)")] + noKey
          + [.number(conversion.revenue, decimals: 2)] + models.map { _ in .none })
    }
    table.rows += explanation.open.map { cells($0) + [.none] + models.map { _ in .none } }
    if !explanation.open.isEmpty {
      table.notes.append("The last \(explanation.open.count) touches came to nothing so far.")
    }
    if !explanation.unexplained.isEmpty {
      table.notes.append(
        "Fitted to all journeys, they do not say whose touch it was: \(explanation.unexplained.joined(separator: ", "))."
      )
    }
    return table
  }

  private func time(_ timestamp: Int64) -> String { calendar.clockText(timestamp) }
}
