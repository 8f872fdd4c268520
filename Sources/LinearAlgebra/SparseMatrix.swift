/// A sparse matrix of doubles in compressed rows: of row i, the stored elements are those at
/// `offsets[i]..<offsets[i + 1]` of `columnIndices` and `values`, in ascending order of their columns.
public struct SparseMatrix: Sendable, Equatable {
  public let rows: Int
  public let columns: Int
  /// One more than there are rows.
  public let offsets: [Int]
  public let columnIndices: [Int32]
  public let values: [Double]

  /// - Throws: `dimensionMismatch` when this is no such matrix.
  public init(
    rows: Int, columns: Int, offsets: [Int], columnIndices: [Int32], values: [Double]
  ) throws(LinearAlgebraError) {
    func refuse(_ reason: String) -> LinearAlgebraError {
      LinearAlgebraError(
        .dimensionMismatch, "linear algebra: a sparse \(rows) x \(columns) matrix is none: \(reason)")
    }
    guard 0...Int(Int32.max) ~= rows, 0...Int(Int32.max) ~= columns else { throw refuse("it has no such size") }
    guard offsets.count == rows + 1, offsets[0] == 0, offsets[rows] == values.count else {
      throw refuse("its rows do not cover its elements")
    }
    guard columnIndices.count == values.count else { throw refuse("it has another number of columns than of elements") }
    for row in 0..<rows {
      guard offsets[row] <= offsets[row + 1] else { throw refuse("row \(row) ends before it begins") }
      var previous = -1
      for place in offsets[row]..<offsets[row + 1] {
        let column = Int(columnIndices[place])
        guard column > previous, column < columns else { throw refuse("the columns of row \(row) do not ascend") }
        previous = column
      }
    }
    self.rows = rows
    self.columns = columns
    self.offsets = offsets
    self.columnIndices = columnIndices
    self.values = values
  }

  /// y = A x.
  public func times(_ x: [Double]) -> [Double] {
    precondition(x.count == columns, "a vector times a matrix must have as many elements as it has columns")
    return (0..<rows).map { row in
      var sum = 0.0
      for place in offsets[row]..<offsets[row + 1] { sum += values[place] * x[Int(columnIndices[place])] }
      return sum
    }
  }

  /// y = Aᵀ x, that is yᵀ = xᵀ A.
  public func transposedTimes(_ x: [Double]) -> [Double] {
    precondition(x.count == rows, "a vector times a transposed matrix must have as many elements as it has rows")
    var y = [Double](repeating: 0, count: columns)
    for row in 0..<rows where x[row] != 0 {
      for place in offsets[row]..<offsets[row + 1] { y[Int(columnIndices[place])] += values[place] * x[row] }
    }
    return y
  }

  public var transposed: SparseMatrix {
    get throws(LinearAlgebraError) {
      var offsets = [Int](repeating: 0, count: columns + 1)
      for column in columnIndices { offsets[Int(column) + 1] += 1 }
      for row in 0..<columns { offsets[row + 1] += offsets[row] }
      var next = offsets
      var indices = [Int32](repeating: 0, count: values.count)
      var turned = [Double](repeating: 0, count: values.count)
      for row in 0..<rows {
        for place in self.offsets[row]..<self.offsets[row + 1] {
          let target = next[Int(columnIndices[place])]
          indices[target] = Int32(row)
          turned[target] = values[place]
          next[Int(columnIndices[place])] += 1
        }
      }
      return try SparseMatrix(rows: columns, columns: rows, offsets: offsets, columnIndices: indices, values: turned)
    }
  }

  public var dense: Matrix {
    var matrix = Matrix(rows: rows, columns: columns)
    for row in 0..<rows {
      for place in offsets[row]..<offsets[row + 1] { matrix[row, Int(columnIndices[place])] = values[place] }
    }
    return matrix
  }
}
