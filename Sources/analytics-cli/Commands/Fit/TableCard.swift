import Foundation
import Models

/// What a reader must know of a model that was fitted on a table: written beside it.
struct TableCard<Settings: Encodable, Report: Encodable>: Encodable {
  struct Data: Encodable {
    let table: String
    let label: String?
    let positive: String?
    let testEvery: Int?
    let testTable: String?

    enum CodingKeys: String, CodingKey {
      case table, label, positive
      case testEvery = "test_every"
      case testTable = "test_table"
    }
  }

  let data: Data
  let settings: Settings
  let report: Report
  let codeVersion = CodeVersion.current

  enum CodingKeys: String, CodingKey {
    case data, settings, report
    case codeVersion = "code_version"
  }

  init(_ report: Report, table: TableOptions, settings: Settings) {
    data = Data(
      table: table.table, label: table.label, positive: table.positive, testEvery: table.testEvery,
      testTable: table.testTable)
    self.settings = settings
    self.report = report
  }
}

extension TableCard {
  /// Writes the card beside the model.
  func write(beside model: URL) throws {
    try ModelFile.write(self, to: model.deletingLastPathComponent().appending(path: "card.json"))
  }
}
