import Journeys

/// Some rows of an encoded table as trees see them: one number for each feature, NaN for missing.
///
/// It is never formed whole: blocks of rows are made on demand from the table's own columns.
public struct FeatureMatrix: Sendable {
  private enum Source: Sendable {
    case columns([Part])
    case matrix(MatrixValues)
  }

  private enum Part: Sendable {
    case numbers([Double])
    /// The number of each of the table's codes, NaN for levels that the encoding does not know.
    case codes([Int32], values: [Double])
  }

  private let source: Source
  public let encoding: FeatureEncoding
  public let selection: RowSelection
  /// Values in categorical columns of the selected table that the encoding does not know, over all its rows.
  public let unknownLevels: Int

  public var rows: Int { selection.count }
  public var width: Int { encoding.columns.count }

  /// - Parameter rows: which rows of the table; all by default.
  /// - Throws: `.unknownName` when the table lacks a column of the encoding, `.malformedTable` when one is of the
  ///   other kind.
  public init(_ table: Table, encoding: FeatureEncoding, rows: RowSelection? = nil) throws(ModelError) {
    self.encoding = encoding
    selection = rows ?? .all(of: table.rows)
    var unknown = 0
    switch table.storage {
    case .matrix(let values, let names):
      guard encoding.columns.count == names.count, encoding.columns.allSatisfy({ $0.levels == nil }) else {
        throw ModelError(
          .malformedTable,
          """
          table: a matrix of \(names.count) columns of numbers is not what the model was trained with: \
          \(encoding.columns.count) columns, \(encoding.columns.count { $0.levels != nil }) of them categories
          """)
      }
      source = .matrix(values)
    case .columns(let columns):
      let byName = Dictionary(columns.map { ($0.name, $0.values) }, uniquingKeysWith: { first, _ in first })
      var parts: [Part] = []
      for column in encoding.columns {
        guard let values = byName[column.name] else {
          throw ModelError(.unknownName, "table: it has no column '\(column.name)', which the model was trained with")
        }
        parts.append(try Self.part(column, values, unknown: &unknown))
      }
      source = .columns(parts)
    }
    unknownLevels = unknown
  }

  /// A table as it is, with an encoding of its own.
  public init(_ table: Table, categories: FeatureEncoding.Categories = .ordinal) throws(ModelError) {
    try self.init(table, encoding: FeatureEncoding(table, categories: categories))
  }

  private static func part(
    _ column: FeatureEncoding.Column, _ values: TableColumn.Values, unknown: inout Int
  ) throws(ModelError) -> Part {
    switch (column.levels, values) {
    case (nil, .numbers(let numbers)): return .numbers(numbers)
    case (let known?, .categories(let codes, let levels)):
      let places = Dictionary(zip(known, 0...), uniquingKeysWith: { first, _ in first })
      let values = levels.map { places[$0].map(Double.init) ?? .nan }
      for code in codes where values[Int(code)].isNaN { unknown += 1 }
      return .codes(codes, values: values)
    case (nil, .categories):
      throw ModelError(
        .malformedTable, "table: column '\(column.name)' is read as a category; the model takes it as a number")
    case (_?, .numbers):
      throw ModelError(
        .malformedTable, "table: column '\(column.name)' is read as a number; the model takes it as a category")
    }
  }

  /// One row.
  public subscript(row: Int) -> [Double] {
    [Double](unsafeUninitializedCapacity: width) { buffer, count in
      if let base = buffer.baseAddress { fill(row..<(row + 1), into: base) }
      count = width
    }
  }

  /// Writes a block of rows, row-major, `width` numbers each.
  ///
  /// - Precondition: the block has room for them.
  func fill(_ range: Range<Int>, into block: UnsafeMutablePointer<Double>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "these rows are not there")
    let width = width
    switch source {
    case .matrix(let values):
      values.withUnsafeBufferPointer { values in
        guard let values = values.baseAddress else { return }
        var target = block
        for index in range {
          let row = values + selection[index] * width
          for feature in 0..<width { target[feature] = Double(row[feature]) }
          target += width
        }
      }
    case .columns(let parts):
      for (feature, part) in parts.enumerated() { fill(part, range, into: block + feature) }
    }
  }

  private func fill(_ part: Part, _ range: Range<Int>, into column: UnsafeMutablePointer<Double>) {
    let width = width
    switch part {
    case .numbers(let numbers):
      numbers.withUnsafeBufferPointer { numbers in
        for (row, index) in range.enumerated() { column[row * width] = Double(Float(numbers[selection[index]])) }
      }
    case .codes(let codes, let values):
      for (row, index) in range.enumerated() { column[row * width] = values[Int(codes[selection[index]])] }
    }
  }
}
