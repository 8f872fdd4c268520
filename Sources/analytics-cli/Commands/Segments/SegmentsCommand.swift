import ArgumentParser
import Models

struct SegmentsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "segments",
    abstract: "Who belongs to customer segments, how they grow, what their members are like; clusters of buyers.",
    discussion: """
      Examples:
        analytics-cli segments evaluate --journeys journeys --as-of 2024-07-01 --criteria high-value.json
        analytics-cli segments rfm --journeys journeys --as-of 2024-07-01 --k auto
        analytics-cli segments fields
      """,
    subcommands: [SegmentsEvaluateCommand.self, SegmentsRFMCommand.self, SegmentsFieldsCommand.self])
}

struct SegmentsFieldsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fields",
    abstract: "The fields that criteria can ask for, with their operators and definitions.",
    discussion: """
      Example:
        analytics-cli segments fields --format table
      """)

  @OptionGroup var answer: OutputOptions

  func run() throws { try answer.write(SegmentFields()) }
}

/// The answer of `segments fields`.
struct SegmentFields: Answer {
  struct Field: Encodable {
    let field, kind, meaning: String
    let operators, aliases: [String]
  }

  let fields = (SegmentField.all + [.eventData("KEY")]).map { field in
    Field(
      field: field.name, kind: field.kind.rawValue, meaning: field.meaning,
      operators: SegmentOperator.all(for: field.kind).map(\.rawValue),
      aliases: SegmentField.aliases.filter { $0.value == field.name }.keys.sorted())
  }

  var table: TextTable {
    var table = TextTable(["field", "kind", "meaning"])
    table.rows = fields.map { [.text($0.field), .text($0.kind), .text($0.meaning)] }
    let kinds: [SegmentField.Kind] = [.number, .date, .text, .set, .flag]
    table.notes = kinds.map { kind in
      "\(kind.rawValue): \(SegmentOperator.all(for: kind).map(\.rawValue).joined(separator: ", "))"
    }
    return table
  }
}
