internal import COpenBLAS

// The BLAS products that our estimators need, on row-major blocks. Sizes are checked once here, never inside.

extension Matrix {
  /// y = A x.
  public func times(_ x: [Double]) -> [Double] {
    precondition(x.count == columns, "a vector times a matrix must have as many elements as it has columns")
    var y = [Double](repeating: 0, count: rows)
    var out = y.mutableSpan
    BLAS.multiply(rows: rows, columns: columns, storage.span, x.span, into: &out)
    return y
  }

  /// C = A B.
  public func times(_ other: Matrix) -> Matrix {
    precondition(columns == other.rows, "inner dimensions of a matrix product must agree")
    var result = Matrix(rows: rows, columns: other.columns)
    BLAS.addProduct(1, self, transposed: false, other, into: &result)
    return result
  }
}

public enum BLAS {
  /// y = A x for a block of `rows` rows of `columns` elements (dgemv).
  public static func multiply(
    rows: Int, columns: Int, _ block: Span<Double>, _ x: Span<Double>, into y: inout MutableSpan<Double>
  ) {
    precondition(block.count >= rows * columns && x.count >= columns && y.count >= rows)
    guard rows > 0 else { return }
    guard columns > 0 else {
      for i in 0..<rows { y[i] = 0 }
      return
    }
    block.withUnsafeBufferPointer { a in
      x.withUnsafeBufferPointer { x in
        y.withUnsafeMutableBufferPointer { y in
          cblas_dgemv(
            CblasRowMajor, CblasNoTrans, size(rows), size(columns), 1, a.baseAddress, size(columns),
            x.baseAddress, 1, 0, y.baseAddress, 1)
        }
      }
    }
  }

  /// y += Aᵀ x: the sum of the rows of a block, each times its x (dgemv).
  public static func addTransposed(
    rows: Int, columns: Int, _ block: Span<Double>, _ x: Span<Double>, into y: inout MutableSpan<Double>
  ) {
    precondition(block.count >= rows * columns && x.count >= rows && y.count >= columns)
    guard rows > 0, columns > 0 else { return }
    block.withUnsafeBufferPointer { a in
      x.withUnsafeBufferPointer { x in
        y.withUnsafeMutableBufferPointer { y in
          cblas_dgemv(
            CblasRowMajor, CblasTrans, size(rows), size(columns), 1, a.baseAddress, size(columns),
            x.baseAddress, 1, 1, y.baseAddress, 1)
        }
      }
    }
  }

  /// G += Aᵀ A for a block of rows; only the lower triangle of G (`columns` x `columns`) is touched (dsyrk).
  public static func addGram(rows: Int, columns: Int, _ block: Span<Double>, into gram: inout MutableSpan<Double>) {
    precondition(block.count >= rows * columns && gram.count >= columns * columns)
    guard rows > 0, columns > 0 else { return }
    block.withUnsafeBufferPointer { a in
      gram.withUnsafeMutableBufferPointer { g in
        cblas_dsyrk(
          CblasRowMajor, CblasLower, CblasTrans, size(columns), size(rows), 1, a.baseAddress, size(columns),
          1, g.baseAddress, size(columns))
      }
    }
  }

  /// C += alpha A B, or alpha Aᵀ B (dgemm).
  static func addProduct(_ alpha: Double, _ a: Matrix, transposed: Bool, _ b: Matrix, into c: inout Matrix) {
    guard c.rows > 0, c.columns > 0, b.rows > 0 else { return }
    let (m, n, k) = (size(c.rows), size(c.columns), size(b.rows))
    let stride = size(a.columns)
    c.storage.withUnsafeMutableBufferPointer { c in
      a.storage.withUnsafeBufferPointer { a in
        b.storage.withUnsafeBufferPointer { b in
          cblas_dgemm(
            CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, CblasNoTrans, m, n, k,
            alpha, a.baseAddress, stride, b.baseAddress, n, 1, c.baseAddress, n)
        }
      }
    }
  }

  private static func size(_ count: Int) -> Int32 { Int32(count) }
}
