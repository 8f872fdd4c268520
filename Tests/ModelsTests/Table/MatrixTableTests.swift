import Foundation
import Journeys
import Models
import TestSupport
import Testing

@Suite struct MatrixTableTests {
  private let x: [Float] = (0..<60_000).map { Float(sin(Double($0) * 0.7)) * Float($0 % 7 + 1) + 3 }
  private var y: [UInt8] { (0..<20_000).map { x[3 * $0] > 3.5 || $0 % 11 == 0 ? 1 : 0 } }

  /// The mapped matrix and the same numbers in columns are two ways to one model.
  @Test func aMatrixGivesTheModelOfItsColumns() async throws {
    let directory = try TemporaryDirectory()
    try write(x, [20_000, 3], to: directory, "X.npy")
    try write(y, [20_000], to: directory, "y.npy")
    let read = try TableReader.matrices(directory.url.path)
    #expect(read.test == nil)
    #expect(read.main.labels == y)
    #expect(read.main.table.columnNames == ["x0", "x1", "x2"])
    let columns = Table(
      columns: (0..<3).map { j in
        TableColumn(name: "x\(j)", values: .numbers((0..<20_000).map { Double(x[3 * $0 + j]) }))
      })
    let mapped = try await model(of: read.main.table)
    let copied = try await model(of: columns)
    for j in 0..<3 { #expect(abs(mapped.coefficients[j] - copied.coefficients[j]) < 1e-10) }
    let test = RowSelection.test(every: 5, of: 20_000)
    let probabilities = try await mapped.predictProbability(read.main.table, rows: test)
    #expect(probabilities.count == 4000)
    for (a, b) in zip(probabilities, try await copied.predictProbability(columns, rows: test)) {
      #expect(abs(a - b) < 1e-11)
    }
  }

  private func model(of table: Table) async throws -> LogisticModel {
    let training = RowSelection.training(every: 5, of: table.rows)
    let encoding = try await Encoding.fit(table, trainingRows: training)
    let fit = try await LogisticRegression().fit(
      DesignMatrix(table, encoding: encoding, rows: training), labels: y)
    return LogisticModel(fit, label: .init(column: "y"), encoding: encoding, settings: .init())
  }

  @Test func trainAndTestFilesAndLabelsOfEveryType() throws {
    let directory = try TemporaryDirectory()
    try write(x, [20_000, 3], to: directory, "X_train.npy")
    try write(y.map(Float.init), [20_000], to: directory, "y_train.npy")
    try write(Array(x[..<6]), [2, 3], to: directory, "X_test.npy")
    try write([0.0, 1.0], [2], to: directory, "y_test.npy")
    let read = try TableReader.matrices(directory.url.path)
    #expect(read.main.labels == y)
    #expect(read.test?.labels == [0, 1])
    #expect(try TableReader.matrix(directory.url.path).rows == 2)
  }

  @Test func whatDoesNotFitIsRefusedByName() throws {
    let directory = try TemporaryDirectory()
    #expect(throws: ModelError.self) { try TableReader.matrices(directory.url.path) }
    try write(x, [60_000], to: directory, "X.npy")
    try write(y, [20_000], to: directory, "y.npy")
    #expect(throws: ModelError.self) { try TableReader.matrices(directory.url.path) }
    try write(x, [20_000, 3], to: directory, "X.npy")
    try write(Array(y.dropLast()), [19_999], to: directory, "y.npy")
    let lengths = #expect(throws: ModelError.self) { try TableReader.matrices(directory.url.path) }
    #expect(lengths?.message.contains("20000 rows") == true)
    try write(y.dropLast() + [2], [20_000], to: directory, "y.npy")
    let label = #expect(throws: ModelError.self) { try TableReader.matrices(directory.url.path) }
    #expect(label?.message.contains("row 19999") == true)
    try write(x.map(Double.init), [20_000, 3], to: directory, "X.npy")
    #expect(throws: JourneyError.self) { try TableReader.matrices(directory.url.path) }
  }

  private func write<Element: NpyElement>(
    _ values: [Element], _ shape: [Int], to directory: TemporaryDirectory, _ name: String
  ) throws {
    var data = Data(NpyHeader(type: Element.npyType, shape: shape).encoded)
    values.withUnsafeBytes { data.append(contentsOf: $0) }
    try data.write(to: directory.url.appending(path: name))
  }
}
