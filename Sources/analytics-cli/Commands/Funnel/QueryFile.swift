import ArgumentParser
import Attribution
import Foundation
import Journeys

/// `--query FILE`: a question in JSON, whose `kind` says what it is about.
struct QueryFile {
  private let path: String
  private let command: String
  private let json: Data

  init(_ path: String, _ command: String) throws {
    guard let json = FileManager.default.contents(atPath: path) else {
      throw ValidationError("--query \(path): the file cannot be read")
    }
    self.path = path
    self.command = command
    self.json = json
  }

  /// Answers a question about journeys.
  func answer(_ store: JourneyStore, _ answer: OutputOptions) async throws {
    do {
      let query = try AnalysisQuery(json: json)
      // A query may ask for what has not happened yet: nobody did it.
      for warning in query.warnings(of: store) { Stderr.print("\(command): \(warning)") }
      try answer.write(try await query.run(over: store))
    } catch let error as AttributionError where error.code == .invalidQuery {
      throw ValidationError("--query \(path): \(error.message)")
    }
  }

  /// The answer to a question about an experiment, which is all in the file.
  func experiment() throws -> ExperimentResult {
    do {
      return try ExperimentQuery(json: json).result()
    } catch {
      throw ValidationError("--query \(path): \(error.message)")
    }
  }
}

extension AnalysisResult: Answer {
  var table: TextTable { TextTable(analysisTable) }
}

extension FunnelResult: Answer {
  var table: TextTable { TextTable(analysisTable) }
}

extension TextTable {
  init(_ table: AnalysisTable) {
    self.init(table.columns, title: table.title)
    notes = table.notes
    rows = table.rows.map { row in
      let cells: [Cell] = row.map { cell in
        switch cell {
        case .text(let text): .text(text)
        case .integer(let number): .integer(number)
        case .number(let number, let decimals): .number(number, decimals: decimals)
        case .share(let share): .share(share)
        case .none: .none
        }
      }
      // The rows of a triangle grow shorter.
      return cells + repeatElement(.none, count: max(0, columns.count - cells.count))
    }
  }
}

/// The answer of `funnel --explain`.
struct FunnelExplanationAnswer: Answer {
  private let explanation: FunnelExplanation
  private let calendar: ZonedCalendar

  init(_ explanation: FunnelExplanation, _ calendar: ZonedCalendar) {
    self.explanation = explanation
    self.calendar = calendar
  }

  func encode(to encoder: any Encoder) throws { try explanation.encode(to: encoder) }

  var table: TextTable {
    var table = TextTable(["chain", "step", "event", "time", "after s"], title: "Customer \(explanation.customer)")
    for (number, chain) in explanation.chains.enumerated() {
      for step in chain.steps {
        let wait: TextTable.Cell = step.secondsFromPrevious.map { .number($0, decimals: 0) } ?? .none
        table.rows.append([
          .text(String(number + 1)), .text(step.step), .text(step.eventType), .text(calendar.clockText(step.timestamp)),
          wait,
        ])
      }
      if chain.isExcluded { table.notes.append("chain \(number + 1): an excluded event came between") }
    }
    return table
  }
}
