import Journeys

/// One column of a table.
public struct TableColumn: Sendable {
  public enum Values: Sendable {
    /// One number per row.
    case numbers([Double])
    /// One code per row, and the levels they mean, sorted by their UTF-8 bytes.
    case categories(codes: [Int32], levels: [String])
  }

  public var name: String
  public var values: Values

  public init(name: String, values: Values) {
    self.name = name
    self.values = values
  }

  var rows: Int {
    switch values {
    case .numbers(let numbers): numbers.count
    case .categories(let codes, _): codes.count
    }
  }
}

/// Anybody's table: columns of numbers and categories, or a matrix of numbers.
public struct Table: Sendable {
  enum Storage: Sendable {
    case columns([TableColumn])
    /// Row after row.
    case matrix(MatrixValues, names: [String])
  }

  let storage: Storage
  public let rows: Int

  /// - Precondition: all columns have the same number of rows.
  public init(columns: [TableColumn]) {
    let rows = columns.first?.rows ?? 0
    precondition(columns.allSatisfy { $0.rows == rows }, "columns of one table have the same number of rows")
    self.rows = rows
    storage = .columns(columns)
  }

  /// - Precondition: `values` holds whole rows of `names.count` numbers.
  package init(matrix values: Column<Float>, names: [String]) { self.init(.mapped(values), names) }

  /// - Precondition: `values` holds whole rows of `names.count` numbers.
  package init(matrix values: [Float], names: [String]) { self.init(.owned(values), names) }

  private init(_ values: MatrixValues, _ names: [String]) {
    rows = names.isEmpty ? 0 : values.count / names.count
    precondition(rows * names.count == values.count, "a matrix holds whole rows")
    storage = .matrix(values, names: names)
  }

  public var columnNames: [String] {
    switch storage {
    case .columns(let columns): columns.map(\.name)
    case .matrix(_, let names): names
    }
  }

  /// A column by its name; nil when there is none, and for the columns of a matrix, which stay in their file.
  public func column(_ name: String) -> TableColumn? {
    guard case .columns(let columns) = storage else { return nil }
    return columns.first { $0.name == name }
  }
}

extension Table {
  /// Some columns as a table of their own; names that there are not are left out.
  func selecting(_ names: [String]) -> Table {
    switch storage {
    case .columns(let columns): return Table(columns: columns.filter { names.contains($0.name) })
    case .matrix(let values, let all):
      let places = all.indices.filter { names.contains(all[$0]) }
      let columns = places.map { place in
        values.withUnsafeBufferPointer { values in
          TableColumn(
            name: all[place], values: .numbers((0..<rows).map { Double(values[$0 * all.count + place]) }))
        }
      }
      return Table(columns: columns)
    }
  }
}

/// Numbers that lie in a `.npy` file, read in place and never copied whole, or that were made here.
enum MatrixValues: Sendable {
  case mapped(Column<Float>)
  case owned([Float])

  var count: Int {
    switch self {
    case .mapped(let column): column.count
    case .owned(let values): values.count
    }
  }

  func withUnsafeBufferPointer<R>(_ body: (UnsafeBufferPointer<Float>) -> R) -> R {
    switch self {
    case .mapped(let column): column.span.withUnsafeBufferPointer(body)
    case .owned(let values): values.withUnsafeBufferPointer(body)
    }
  }
}
