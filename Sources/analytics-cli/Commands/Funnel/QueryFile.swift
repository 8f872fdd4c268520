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

  private struct Kind: Decodable { let kind: String }

  /// - Parameter journeys: where the store is; experiments are read out without one.
  func answer(_ journeys: String?, _ answer: OutputOptions) async throws {
    if let kind = try? JSONDecoder().decode(Kind.self, from: json).kind, ["ab_test", "ab_srm"].contains(kind) {
      let result = try usage { () throws(AttributionError) in try ExperimentQuery(json: json).result() }
      return try answer.write(ExperimentAnswer(result: result))
    }
    guard let journeys else { throw ValidationError("give --journeys DIRECTORY") }
    let store = try JourneyStore(URL(filePath: journeys))
    let query = try usage { () throws(AttributionError) in try AnalysisQuery(json: json) }
    // A query may ask for what has not happened yet: nobody did it.
    for warning in query.warnings(of: store) { Stderr.print("\(command): \(warning)") }
    do {
      try answer.write(try await query.run(over: store))
    } catch let error as AttributionError where error.code == .invalidQuery {
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

/// Numbers under their names: a read-out is a list of them.
struct ExperimentAnswer: Answer {
  let result: ExperimentResult

  func encode(to encoder: any Encoder) throws { try result.encode(to: encoder) }

  var table: TextTable {
    var table = TextTable(["figure", "value"])
    let fields = (try? JSONSerialization.jsonObject(with: JSONEncoder().encode(result))) as? [String: Any] ?? [:]
    table.rows = fields.sorted { $0.key < $1.key }.map { name, value in
      let values = (value as? [Any] ?? [value]).map { "\($0)" }
      return [.text(name), .text(values.joined(separator: " to "))]
    }
    return table
  }
}

extension TextTable {
  init(_ table: AnalysisTable) {
    self.init(table.columns, title: table.title)
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
