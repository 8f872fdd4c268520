import Foundation

/// How columns become the coordinates in which distances are measured: ln(1 + v) if asked for, then (v - mean) / sd
/// with the population standard deviation. A column that does not vary becomes 0.
public struct PointScaling: Codable, Sendable, Equatable {
  public var columns: [String]
  public var log1p: Bool
  public var means: [Double]
  public var standardDeviations: [Double]

  enum CodingKeys: String, CodingKey {
    case columns, log1p, means
    case standardDeviations = "standard_deviations"
  }

  /// A coordinate of a value of column j.
  func scaled(_ value: Double, _ j: Int) -> Double {
    let sd = standardDeviations[j]
    return sd > 0 ? ((log1p ? Foundation.log1p(value) : value) - means[j]) / sd : 0
  }

  /// The value of column j at a coordinate.
  func value(_ coordinate: Double, _ j: Int) -> Double {
    let value = means[j] + coordinate * standardDeviations[j]
    return log1p ? expm1(value) : value
  }
}

/// Rows of a table as points: coordinates one row after the other.
public struct ScaledPoints: Sendable {
  public let scaling: PointScaling
  package let coordinates: [Double]
  public let count: Int
  package var dimensions: Int { scaling.columns.count }

  /// Learns the scaling of these columns.
  ///
  /// - Throws: `ModelError` `.untrainable` without rows or columns; `.malformedTable`, naming column and row (from 1),
  ///   for what is not finite and, with `log1p`, for values of -1 and below.
  public init(_ columns: [[Double]], names: [String], log1p: Bool) throws(ModelError) {
    precondition(columns.count == names.count)
    guard let rows = columns.first?.count, rows > 0 else {
      throw ModelError(.untrainable, "k-means: the table has no rows or no columns")
    }
    var transformed = columns
    var means: [Double] = []
    var deviations: [Double] = []
    for j in columns.indices {
      try Self.check(columns[j], name: names[j], log1p: log1p)
      if log1p { transformed[j] = columns[j].map { Foundation.log1p($0) } }
      let mean = transformed[j].reduce(0, +) / Double(rows)
      let squares = transformed[j].reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      guard squares.isFinite else {
        throw ModelError(
          .malformedTable, "k-means: the numbers of column '\(names[j])' are too large to be squared; scale them")
      }
      means.append(mean)
      deviations.append((squares / Double(rows)).squareRoot())
    }
    scaling = PointScaling(columns: names, log1p: log1p, means: means, standardDeviations: deviations)
    coordinates = Self.interleaved(columns, scaling)
    count = rows
  }

  /// Points of further rows in a scaling that is known.
  public init(_ columns: [[Double]], scaling: PointScaling) throws(ModelError) {
    precondition(columns.count == scaling.columns.count)
    for j in columns.indices { try Self.check(columns[j], name: scaling.columns[j], log1p: scaling.log1p) }
    self.scaling = scaling
    coordinates = Self.interleaved(columns, scaling)
    count = columns.first?.count ?? 0
  }

  private static func check(_ values: [Double], name: String, log1p: Bool) throws(ModelError) {
    guard let row = values.firstIndex(where: { !$0.isFinite || (log1p && $0 <= -1) }) else { return }
    throw ModelError(
      .malformedTable,
      "k-means: row \(row + 1), column '\(name)': not a finite number" + (log1p ? " above -1, as log1p needs" : ""))
  }

  private static func interleaved(_ columns: [[Double]], _ scaling: PointScaling) -> [Double] {
    let (rows, width) = (columns.first?.count ?? 0, columns.count)
    var result = [Double](repeating: 0, count: rows * width)
    for j in 0..<width {
      for row in 0..<rows { result[row * width + j] = scaling.scaled(columns[j][row], j) }
    }
    return result
  }
}
