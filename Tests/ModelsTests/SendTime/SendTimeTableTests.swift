import Foundation
import Models
import TestSupport
import Testing

@Suite struct SendTimeTableTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func read(
    _ sends: String, _ sessions: String = "customer,hour\n", hours: Int = 24
  ) throws -> SendTimeTable {
    let (a, b) = (folder.url.appending(path: "sends.csv"), folder.url.appending(path: "sessions.csv"))
    try Data(sends.utf8).write(to: a)
    try Data(sessions.utf8).write(to: b)
    return try SendTimeTable(sends: a.path, sessions: b.path, hours: hours, folds: 2)
  }

  private func message(_ sends: String, _ sessions: String = "customer,hour\n") -> String {
    do {
      _ = try read(sends, sessions)
      return "read"
    } catch let error as ModelError {
      return error.message
    } catch {
      return "another error"
    }
  }

  @Test func rowsInAnyOrderBecomeHistories() throws {
    let table = try read(
      """
      hour,opened,customer,note,machine_flag
      9,1,b,,0
      23,0,a,,0
      7,1,b,,1
      10,0,b,,0
      """, "customer,hour\nb,21\nstranger,5\nb,22\n")
    // Who has sessions only is known too.
    #expect(table.customers == ["b", "a", "stranger"])
    #expect(table.rows == 7)
    var expected = SendHistories(hours: 24)
    // The machine's send is no send of b, but it marks b; parts are dealt out in the order of the file.
    expected.append(
      sends: [.init(hour: 9, isOpened: true, fold: 0), .init(hour: 10, isOpened: false, fold: 0)], sessions: [21, 22],
      machineSends: 1)
    expected.append(sends: [.init(hour: 23, isOpened: false, fold: 1)], sessions: [])
    expected.append(sends: [], sessions: [5])
    #expect(table.histories == expected)
    #expect(table.histories.openCount == 1)
  }

  @Test func aColumnOfMachineFlagsMayBeAbsentOthersMayNot() throws {
    #expect(try read("customer,hour,opened\na,1,1\n").histories.machineSends == 0)
    #expect(message("customer,hour\na,1\n").contains("no column 'opened'"))
    #expect(message("customer,hour,opened\na,1,1\n", "customer\na\n").contains("no column 'hour'"))
    #expect(message("").contains("is empty"))
  }

  @Test func badFieldsAreNamedByLineAndColumnWithoutTheirValue() throws {
    for (field, column) in [
      ("24,1,0", "hour"), ("-1,1,0", "hour"), (",1,0", "hour"), ("9,2,0", "opened"), ("9,1,x", "machine_flag"),
    ] {
      let text = message("customer,hour,opened,machine_flag\nsecret,9,0,0\nsecret,\(field)\n")
      #expect(text.contains("line 3, column '\(column)': not a whole number"), "\(field)")
      #expect(!text.contains("secret"))
    }
    #expect(message("customer,hour,opened\n,9,1\n").contains("line 2, column 'customer'"))
    #expect(message("customer,hour,opened\na,9\n").contains("line 2 has 2 fields where the header has 3"))
    #expect(try read("customer,hour,opened\na,167,1\n", hours: 168).histories.sendCount == 1)
    #expect(throws: ModelError.self) { try read("customer,hour,opened\na,1,1\n", hours: 12) }
  }
}
