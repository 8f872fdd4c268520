import Journeys

/// Some rows of an encoded table as a linear model sees them: features in order, then a 1 for the intercept.
///
/// It is never formed whole: blocks of rows are made on demand from the table's own columns.
public struct DesignMatrix: Sendable {
  private enum Source: Sendable {
    case columns([Part])
    case matrix(MatrixValues, means: [Double], scales: [Double])
  }

  private enum Part: Sendable {
    case number([Double], mean: Double, scale: Double, feature: Int)
    /// The feature of each of the table's codes, -1 for levels without one.
    case category(codes: [Int32], features: [Int32])
  }

  private let source: Source
  public let selection: RowSelection
  public let features: [String]
  /// Values in categorical columns of the selected table that the encoding does not know, over all its rows.
  public let unknownLevels: Int

  public var rows: Int { selection.count }
  /// Features and the intercept.
  public var width: Int { features.count + 1 }

  /// - Parameter rows: which rows of the table; all by default.
  /// - Throws: `.unknownName` when the table lacks a column of the encoding, `.malformedTable` when one is of the
  ///   other kind.
  public init(_ table: Table, encoding: Encoding, rows: RowSelection? = nil) throws(ModelError) {
    selection = rows ?? .all(of: table.rows)
    features = encoding.features
    switch table.storage {
    case .matrix(let values, let names):
      let (means, scales) = try Self.standardisation(of: names, in: encoding)
      source = .matrix(values, means: means, scales: scales)
      unknownLevels = 0
    case .columns(let columns):
      let byName = Dictionary(columns.map { ($0.name, $0.values) }, uniquingKeysWith: { first, _ in first })
      var parts: [Part] = []
      var unknown = 0
      var feature = 0
      for column in encoding.columns {
        guard let values = byName[column.name] else {
          throw ModelError(.unknownName, "table: it has no column '\(column.name)', which the model was trained with")
        }
        parts.append(try Self.part(column, values, feature: feature, unknown: &unknown))
        feature += column.features.count
      }
      source = .columns(parts)
      unknownLevels = unknown
    }
  }

  private static func part(
    _ column: Encoding.Column, _ values: TableColumn.Values, feature: Int, unknown: inout Int
  ) throws(ModelError) -> Part {
    switch (column, values) {
    case (.numeric(_, let mean, let deviation), .numbers(let numbers)):
      return .number(numbers, mean: mean, scale: scale(deviation), feature: feature)
    case (.categorical(_, let known), .categories(let codes, let levels)):
      let places = Dictionary(uniqueKeysWithValues: zip(known, Int32(0)...))
      var features = [Int32](repeating: -1, count: levels.count)
      var isUnknown = [Bool](repeating: false, count: levels.count)
      for (code, level) in levels.enumerated() {
        if let place = places[level] {
          if place > 0 { features[code] = Int32(feature) + place - 1 }
        } else {
          isUnknown[code] = true
        }
      }
      for code in codes where isUnknown[Int(code)] { unknown += 1 }
      return .category(codes: codes, features: features)
    case (.numeric(let name, _, _), .categories):
      throw ModelError(.malformedTable, "table: column '\(name)' is read as a category; the model takes it as a number")
    case (.categorical(let name, _), .numbers):
      throw ModelError(.malformedTable, "table: column '\(name)' is read as a number; the model takes it as a category")
    }
  }

  private static func standardisation(
    of names: [String], in encoding: Encoding
  ) throws(ModelError) -> (means: [Double], scales: [Double]) {
    guard encoding.columns.map(\.name) == names else {
      throw ModelError(
        .malformedTable,
        "table: a matrix of \(names.count) columns is not what the model was trained with (\(encoding.columns.count))")
    }
    var means: [Double] = []
    var scales: [Double] = []
    for column in encoding.columns {
      guard case .numeric(_, let mean, let deviation) = column else {
        throw ModelError(
          .malformedTable, "table: column '\(column.name)' of a matrix is a number; the model takes it as a category")
      }
      means.append(mean)
      scales.append(scale(deviation))
    }
    return (means, scales)
  }

  /// 0 for a column that does not vary: it then becomes 0, and its coefficient too.
  private static func scale(_ standardDeviation: Double) -> Double {
    standardDeviation > 0 ? 1 / standardDeviation : 0
  }

  /// Writes a block of rows, row-major, `width` numbers each.
  package func fill(_ range: Range<Int>, into block: inout MutableSpan<Double>) {
    precondition(block.count >= range.count * width && range.upperBound <= rows)
    let width = width
    block.withUnsafeMutableBufferPointer { block in
      switch source {
      case .matrix(let values, let means, let scales):
        values.withUnsafeBufferPointer { values in
          fillRows(range, of: values, means: means, scales: scales, into: block)
        }
      case .columns(let parts):
        block.update(repeating: 0)
        for part in parts { fillColumn(part, range, into: block) }
        for row in 0..<range.count { block[row * width + width - 1] = 1 }
      }
    }
  }

  private func fillRows(
    _ range: Range<Int>, of values: UnsafeBufferPointer<Float>, means: [Double], scales: [Double],
    into block: UnsafeMutableBufferPointer<Double>
  ) {
    let count = width - 1
    means.withUnsafeBufferPointer { means in
      scales.withUnsafeBufferPointer { scales in
        for (row, index) in range.enumerated() {
          let start = selection[index] * count
          let source = UnsafeBufferPointer(rebasing: values[start..<(start + count)])
          let target = UnsafeMutableBufferPointer(rebasing: block[(row * width)..<((row + 1) * width)])
          for j in 0..<count { target[j] = (Double(source[j]) - means[j]) * scales[j] }
          target[count] = 1
        }
      }
    }
  }

  private func fillColumn(_ part: Part, _ range: Range<Int>, into block: UnsafeMutableBufferPointer<Double>) {
    let width = width
    switch part {
    case .number(let numbers, let mean, let scale, let feature):
      for (row, index) in range.enumerated() {
        block[row * width + feature] = (numbers[selection[index]] - mean) * scale
      }
    case .category(let codes, let features):
      for (row, index) in range.enumerated() {
        let feature = features[Int(codes[selection[index]])]
        if feature >= 0 { block[row * width + Int(feature)] = 1 }
      }
    }
  }
}
