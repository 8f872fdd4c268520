/// A dense matrix of doubles, rows one after the other (row-major): element (i, j) is `elements[i * columns + j]`.
public struct Matrix: Sendable, Equatable {
  public let rows: Int
  public let columns: Int
  @usableFromInline var storage: [Double]

  public var elements: [Double] { storage }

  public init(rows: Int, columns: Int, repeating value: Double = 0) {
    precondition(rows >= 0 && columns >= 0, "negative matrix dimension")
    self.rows = rows
    self.columns = columns
    storage = Array(repeating: value, count: rows * columns)
  }

  /// - Parameter elements: `rows * columns` values, row after row.
  public init(rows: Int, columns: Int, elements: [Double]) {
    precondition(elements.count == rows * columns, "a matrix needs rows x columns elements")
    self.rows = rows
    self.columns = columns
    storage = elements
  }

  public static func identity(_ size: Int) -> Matrix {
    var result = Matrix(rows: size, columns: size)
    for i in 0..<size { result[i, i] = 1 }
    return result
  }

  @inlinable public subscript(row: Int, column: Int) -> Double {
    get {
      precondition(column >= 0 && column < columns, "column out of range")
      return storage[row * columns + column]
    }
    set {
      precondition(column >= 0 && column < columns, "column out of range")
      storage[row * columns + column] = newValue
    }
  }

  public var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    for i in 0..<rows {
      for j in 0..<columns { result.storage[j * rows + i] = storage[i * columns + j] }
    }
    return result
  }

  public var isSquare: Bool { rows == columns }

  /// The largest sum of magnitudes in a row (of the transpose: in a column).
  func infinityNorm(transposed: Bool = false) -> Double {
    var sums = [Double](repeating: 0, count: transposed ? columns : rows)
    for i in 0..<rows {
      for j in 0..<columns { sums[transposed ? j : i] += abs(storage[i * columns + j]) }
    }
    return sums.max() ?? 0
  }

  /// Calls `body` with the row-major elements, to be changed in place: for loops that fill or add to a matrix.
  public mutating func withMutableElements<R, E: Error>(
    _ body: (inout MutableSpan<Double>) throws(E) -> R
  ) throws(E) -> R {
    var span = storage.mutableSpan
    return try body(&span)
  }
}

extension Matrix {
  /// Refuses what LAPACK would turn into silent nonsense.
  func checkForFactorisation(_ operation: String) throws(LinearAlgebraError) -> Int32 {
    guard isSquare else {
      throw LinearAlgebraError(
        .dimensionMismatch, "linear algebra: \(operation) of a \(rows) x \(columns) matrix failed: it is not square")
    }
    guard let size = Int32(exactly: rows) else {
      throw LinearAlgebraError(
        .tooLarge, "linear algebra: \(operation) failed: \(rows) rows exceed the 32-bit sizes of this LAPACK")
    }
    guard storage.allSatisfy(\.isFinite) else {
      throw LinearAlgebraError(
        .notFinite,
        "linear algebra: \(operation) of a \(rows) x \(rows) matrix failed: it holds NaN or infinity; check its inputs")
    }
    return size
  }

  func checkRightHandSide(rows count: Int, _ b: [Double], _ operation: String) throws(LinearAlgebraError) {
    guard count == rows else {
      throw LinearAlgebraError(
        .dimensionMismatch,
        "linear algebra: \(operation) failed: the matrix has \(rows) rows, the right-hand side \(count)")
    }
    guard b.allSatisfy(\.isFinite) else {
      throw LinearAlgebraError(
        .notFinite, "linear algebra: \(operation) failed: the right-hand side holds NaN or infinity; check its inputs")
    }
  }
}
