import Foundation
import Journeys
import Models
import TestSupport
import Testing

@Suite struct TableReaderTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  @Test func readsQuotesLineEndsMarkAndDelimiter() throws {
    let file = try folder.file(
      "table.csv",
      "\u{FEFF}\"id\";\"x\";\"city\";\"y\"\r\n1; 2.5 ;\"Dhaka; old\";yes\r\n"
        + "2;;\"a \"\"b\"\"\nc\";no\r\n3;-1e2;;\"yes\"")
    let layout = TableLayout(label: "y", positive: "yes", drop: ["id"], numeric: ["x"], delimiter: UInt8(ascii: ";"))
    let read = try TableReader.csv(file, layout: layout)
    #expect(read.labels == [1, 0, 1])
    #expect(read.table.columnNames == ["x", "city"])
    #expect(try numbers(read.table, "x") == [2.5, 0, -100])
    #expect(try category(read.table, "city") == ["Dhaka; old", "a \"b\"\nc", ""])
  }

  @Test func levelsAreSortedByBytesHoweverMany() throws {
    let names = (0..<500).map { "level \(($0 * 7919) % 500)" } + ["ঢাকা", "Zürich", "a", "B"]
    let file = try folder.file("table.csv", "c,y\n" + names.map { "\($0),1" }.joined(separator: "\n") + "\n")
    let read = try TableReader.csv(file, layout: TableLayout(label: "y"))
    #expect(try category(read.table, "c") == names)
    let encoding = try Encoding(columns: [.categorical(name: "c", levels: try levels(read.table, "c"))])
    let expected = Set(names).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    #expect(encoding.features == expected.dropFirst().map { "c=\($0)" })
  }

  @Test func numbersAreTheNearestDoubles() throws {
    let texts = [
      "0", "-0", "29.85", "1889.5", "0.1", "123456789012345", "9007199254740993", "1e-7", "-12.3e4",
      "0.30000000000000004", ".5", "5.", "179769313486231570000", "3.141592653589793238",
    ]
    let file = try folder.file("table.csv", "x,y\n" + texts.map { "\($0),1" }.joined(separator: "\n"))
    let read = try TableReader.csv(file, layout: TableLayout(label: "y", numeric: ["x"]))
    #expect(try numbers(read.table, "x") == texts.map { Double($0 == "5." ? "5" : $0) })
  }

  @Test(arguments: [
    ("x,y\n1,0\nsecret,1\n", "line 3, column 'x'"),
    ("x,y\n1,0\nnan,1\n", "line 3, column 'x'"),
    ("x,y\n1,0\n0x10,1\n", "line 3, column 'x'"),
    ("x,y\n\"1\n\",0\n2,secret\n", "line 4, column 'y'"),
    ("x,y\n1,0,secret\n", "line 2 has 3 fields where the header has 2"),
    ("x,x,y\n1,2,0\n", "two columns 'x'"),
    ("z,y\n1,0\n", "no column 'x'"),
    ("", "empty"),
  ])
  func errorsNameThePlaceAndNeverTheValue(text: String, place: String) throws {
    let file = try folder.file("table.csv", text)
    let error = #expect(throws: ModelError.self) {
      try TableReader.csv(file, layout: TableLayout(label: "y", numeric: ["x"]))
    }
    #expect(error?.message.contains(place) == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("secret") == false)
  }

  @Test func textThatIsNotUTF8IsRefused() throws {
    let file = try folder.file("table.csv", Data(Array("c,y\n".utf8) + [0xe9, 0x2c, 0x31, 0x0a]))
    let error = #expect(throws: ModelError.self) { try TableReader.csv(file, layout: TableLayout(label: "y")) }
    #expect(error?.message.contains("UTF-8") == true)
  }

  @Test func aModelReadsOnlyItsOwnColumnsAndPlacesItsOwnLevels() async throws {
    let encoding = try Encoding(columns: [
      .categorical(name: "c", levels: ["a", "b", "d"]), .numeric(name: "x", mean: 1, standardDeviation: 2),
    ])
    let file = try folder.file("table.csv", "x,other,c\n5,?,d\n1,?,b\n3,?,new\n-1,?,a\n")
    let read = try TableReader.csv(file, layout: TableLayout(encoding))
    let design = try DesignMatrix(read.table, encoding: encoding)
    #expect(rows(design) == [[0, 1, 2, 1], [1, 0, 0, 1], [0, 0, 1, 1], [0, 0, -1, 1]])
    #expect(design.unknownLevels == 1)
  }

  @Test func theSplitTakesEveryKthRowAndTrainingTheRest() async throws {
    for (k, n) in [(5, 13), (2, 4), (3, 0), (7, 6)] {
      let test = RowSelection.test(every: k, of: n)
      let training = RowSelection.training(every: k, of: n)
      #expect((0..<test.count).map { test[$0] } == (0..<n).filter { $0 % k == 0 })
      #expect((0..<training.count).map { training[$0] } == (0..<n).filter { $0 % k != 0 })
    }
    let table = Table(columns: [TableColumn(name: "x", values: .numbers([1000, 1, 3, 1000, 5, 7]))])
    let encoding = try await Encoding.fit(table, trainingRows: .training(every: 3, of: 6))
    #expect(encoding.columns == [.numeric(name: "x", mean: 4, standardDeviation: 5.0.squareRoot())])
  }

  @Test func anIdentifierTakenForACategoryIsNamed() throws {
    let levels = (0...Encoding.maximumFeatures + 1).map(String.init)
    let error = #expect(throws: ModelError.self) {
      try Encoding(columns: [
        .numeric(name: "x", mean: 0, standardDeviation: 1), .categorical(name: "id", levels: levels),
      ])
    }
    #expect(error?.message.contains("'id'") == true)
  }

  @Test func twoFeaturesOfOneNameAreRefused() {
    #expect(throws: ModelError.self) {
      try Encoding(columns: [
        .numeric(name: "a=b", mean: 0, standardDeviation: 1), .categorical(name: "a", levels: ["a", "b"]),
      ])
    }
  }

  private func rows(_ design: DesignMatrix) -> [[Double]] {
    var block = [Double](repeating: .nan, count: design.rows * design.width)
    var span = block.mutableSpan
    design.fill(0..<design.rows, into: &span)
    return (0..<design.rows).map { Array(block[($0 * design.width)..<(($0 + 1) * design.width)]) }
  }

  private func numbers(_ table: Table, _ name: String) throws -> [Double] {
    guard case .numbers(let values) = try #require(table.column(name)).values else { return [] }
    return values
  }

  private func category(_ table: Table, _ name: String) throws -> [String] {
    guard case .categories(let codes, let levels) = try #require(table.column(name)).values else { return [] }
    return codes.map { levels[Int($0)] }
  }

  private func levels(_ table: Table, _ name: String) throws -> [String] {
    guard case .categories(_, let levels) = try #require(table.column(name)).values else { return [] }
    return levels
  }
}
