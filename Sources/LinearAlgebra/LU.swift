internal import CLAPACKE

/// A = P L U with partial pivoting (dgetrf), to solve A x = b and Aᵀ x = b for many right-hand sides.
///
/// Every solve does one step of iterative refinement (Skeel 1980: enough for a small componentwise backward error
/// in fixed precision) and reports the residual that is left. Cost: 2n³/3 to factorise, 4n² for a right-hand side.
public struct LU: Sendable {
  /// A solution and how well it solves.
  public struct Solution<Value: Sendable>: Sendable {
    public let value: Value
    /// ‖b - A x‖ / (‖A‖ ‖x‖ + ‖b‖) in the infinity norm, the largest over right-hand sides: the relative change of
    /// A and b that would make the answer exact (Rigal & Gaches 1967). About 1e-16 for a healthy matrix.
    public let backwardError: Double
  }

  public let matrix: Matrix
  private let size: Int32
  /// The factors of Aᵀ: LAPACK reads our row-major A as its transpose, so no copy is turned.
  private var factors: Matrix
  private var pivots: [Int32]

  /// - Throws: `singular`, naming the pivot that vanished; `dimensionMismatch`; `notFinite`; `tooLarge`.
  public init(_ matrix: Matrix) throws(LinearAlgebraError) {
    size = try matrix.checkForFactorisation("LU factorisation")
    self.matrix = matrix
    factors = matrix
    pivots = Array(repeating: 0, count: matrix.rows)
    let n = size
    guard n > 0 else { return }
    let info = factors.storage.withUnsafeMutableBufferPointer { a in
      pivots.withUnsafeMutableBufferPointer { pivots in
        LAPACKE_dgetrf(LAPACK_COL_MAJOR, n, n, a.baseAddress, n, pivots.baseAddress)
      }
    }
    if info > 0 {
      throw LinearAlgebraError(
        .singular,
        "linear algebra: LU factorisation of a \(n) x \(n) matrix failed: it is singular (pivot \(info) is zero)")
    }
    try lapack(info, "LU factorisation")
  }

  /// x with A x = b.
  public func solve(_ b: [Double]) throws(LinearAlgebraError) -> Solution<[Double]> {
    let solution = try solve(Matrix(rows: b.count, columns: 1, elements: b), transposed: false)
    return Solution(value: solution.value.elements, backwardError: solution.backwardError)
  }

  /// x with Aᵀ x = b, that is xᵀ A = bᵀ.
  public func solveTransposed(_ b: [Double]) throws(LinearAlgebraError) -> Solution<[Double]> {
    let solution = try solve(Matrix(rows: b.count, columns: 1, elements: b), transposed: true)
    return Solution(value: solution.value.elements, backwardError: solution.backwardError)
  }

  /// X with A X = B, one right-hand side per column of B.
  public func solve(_ b: Matrix) throws(LinearAlgebraError) -> Solution<Matrix> {
    try solve(b, transposed: false)
  }

  /// A⁻¹. For a few right-hand sides `solve` is cheaper and no less exact.
  public func inverse() throws(LinearAlgebraError) -> Solution<Matrix> {
    try solve(.identity(matrix.rows), transposed: false)
  }

  private func solve(_ b: Matrix, transposed: Bool) throws(LinearAlgebraError) -> Solution<Matrix> {
    try matrix.checkRightHandSide(rows: b.rows, b.storage, "LU solve")
    guard size > 0, b.columns > 0 else { return Solution(value: b, backwardError: 0) }
    var x = try substitute(b, transposed: transposed)
    let correction = try substitute(residual(x, b, transposed: transposed), transposed: transposed)
    for i in x.storage.indices { x.storage[i] += correction.storage[i] }
    guard x.storage.allSatisfy(\.isFinite) else {
      throw LinearAlgebraError(
        .singular,
        "linear algebra: LU solve with a \(size) x \(size) matrix failed: it is singular to working precision")
    }
    return Solution(value: x, backwardError: backwardError(x, b, transposed: transposed))
  }

  private func residual(_ x: Matrix, _ b: Matrix, transposed: Bool) -> Matrix {
    var result = b
    BLAS.addProduct(-1, matrix, transposed: transposed, x, into: &result)
    return result
  }

  private func substitute(_ b: Matrix, transposed: Bool) throws(LinearAlgebraError) -> Matrix {
    // The factors are of Aᵀ, so to solve with A is LAPACK's transposed solve.
    let operation = Int8(UInt8(ascii: transposed ? "N" : "T"))
    var x = b.transposed
    let columns = Int32(b.columns)
    let info = factors.storage.withUnsafeBufferPointer { a in
      pivots.withUnsafeBufferPointer { pivots in
        x.storage.withUnsafeMutableBufferPointer { x in
          LAPACKE_dgetrs(
            LAPACK_COL_MAJOR, operation, size, columns, a.baseAddress, size, pivots.baseAddress, x.baseAddress, size)
        }
      }
    }
    try lapack(info, "LU solve")
    return x.transposed
  }

  private func backwardError(_ x: Matrix, _ b: Matrix, transposed: Bool) -> Double {
    let rest = residual(x, b, transposed: transposed)
    let norm = matrix.infinityNorm(transposed: transposed)
    var worst = 0.0
    for column in 0..<b.columns {
      var (restNorm, xNorm, bNorm) = (0.0, 0.0, 0.0)
      for row in 0..<b.rows {
        restNorm = max(restNorm, abs(rest[row, column]))
        xNorm = max(xNorm, abs(x[row, column]))
        bNorm = max(bNorm, abs(b[row, column]))
      }
      if restNorm > 0 { worst = max(worst, restNorm / (norm * xNorm + bNorm)) }
    }
    return worst
  }
}
