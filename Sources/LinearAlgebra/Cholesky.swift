internal import CLAPACKE

/// A = L Lᵀ of a symmetric positive definite matrix (dpotrf); only its lower triangle is read.
///
/// Cost: n³/3 to factorise, n² for each right-hand side.
public struct Cholesky: Sendable {
  private let size: Int32
  /// Row-major L in the lower triangle, which LAPACK's column-major eyes see as an upper one.
  private var factor: Matrix

  /// - Throws: `notPositiveDefinite`, naming the first leading minor that is not; `dimensionMismatch`; `notFinite`.
  public init(_ matrix: Matrix) throws(LinearAlgebraError) {
    size = try matrix.checkForFactorisation("Cholesky factorisation")
    factor = matrix
    guard size > 0 else { return }
    let n = size
    let info = factor.storage.withUnsafeMutableBufferPointer {
      LAPACKE_dpotrf(LAPACK_COL_MAJOR, Int8(UInt8(ascii: "U")), n, $0.baseAddress, n)
    }
    if info > 0 {
      throw LinearAlgebraError(
        .notPositiveDefinite,
        """
        linear algebra: Cholesky factorisation of a \(n) x \(n) matrix failed: its leading minor of order \(info) is \
        not positive; remove columns that repeat others or raise the penalty
        """)
    }
    try lapack(info, "Cholesky factorisation")
  }

  /// x with A x = b.
  public func solve(_ b: [Double]) throws(LinearAlgebraError) -> [Double] {
    try factor.checkRightHandSide(rows: b.count, b, "Cholesky solve")
    guard size > 0 else { return [] }
    var x = b
    let info = factor.storage.withUnsafeBufferPointer { a in
      x.withUnsafeMutableBufferPointer { x in
        LAPACKE_dpotrs(
          LAPACK_COL_MAJOR, Int8(UInt8(ascii: "U")), size, 1, a.baseAddress, size, x.baseAddress, size)
      }
    }
    try lapack(info, "Cholesky solve")
    return x
  }

  /// A⁻¹, both triangles filled (dpotri): for standard errors; to solve, use `solve`.
  public func inverse() throws(LinearAlgebraError) -> Matrix {
    var result = factor
    guard size > 0 else { return result }
    let info = result.storage.withUnsafeMutableBufferPointer {
      LAPACKE_dpotri(LAPACK_COL_MAJOR, Int8(UInt8(ascii: "U")), size, $0.baseAddress, size)
    }
    try lapack(info, "Cholesky inverse")
    for i in 0..<result.rows {
      for j in 0..<i { result[j, i] = result[i, j] }
    }
    return result
  }
}

/// Any other answer than 0 of a call whose arguments we have checked is the library's (memory, a broken build).
func lapack(_ info: Int32, _ operation: String) throws(LinearAlgebraError) {
  if info != 0 {
    throw LinearAlgebraError(.library, "linear algebra: \(operation) failed: LAPACK answered \(info)")
  }
}
