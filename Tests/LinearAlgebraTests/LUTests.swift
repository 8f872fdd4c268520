import LinearAlgebra
import Testing

@Suite struct LUTests {
  /// Not symmetric and with a zero where the first pivot would be, so that a forgotten transposition or row exchange
  /// shows. Determinant 5.
  private let matrix = Matrix(rows: 3, columns: 3, elements: [0, 2, 1, 1, 0, 3, 2, 1, 1])

  @Test func solvesBothWaysRound() throws {
    let lu = try LU(matrix)
    // By hand: A [1, 2, 3] = [7, 10, 7] and Aᵀ [1, 2, 3] = [8, 5, 10].
    let x = try lu.solve([7, 10, 7])
    let transposed = try lu.solveTransposed([8, 5, 10])
    for (i, expected) in [1.0, 2, 3].enumerated() {
      #expect(abs(x.value[i] - expected) < 1e-14)
      #expect(abs(transposed.value[i] - expected) < 1e-14)
    }
    #expect(x.backwardError < 1e-15)
  }

  @Test(arguments: [1, 2, 50, 200]) func manyRightHandSidesAndTheInverse(size: Int) throws {
    var generator = Repeatable(seed: UInt64(size) + 7)
    let a = Matrix(random: size, size, &generator)
    let x = Matrix(random: size, 3, &generator)
    let lu = try LU(a)
    let solution = try lu.solve(a.times(x))
    #expect(solution.backwardError < 1e-15)
    for (got, expected) in zip(solution.value.elements, x.elements) { #expect(abs(got - expected) < 1e-9) }
    let product = try lu.inverse().value.times(a)
    for i in 0..<size {
      for j in 0..<size { #expect(abs(product[i, j] - (i == j ? 1 : 0)) < 1e-9) }
    }
  }

  /// The chain of a Markov attribution with one transient state that returns to itself almost surely: I - Q is
  /// 1e-12 small there, and refinement must still leave a residual at rounding level.
  @Test func staysExactWhenAlmostSingular() throws {
    let a = Matrix(rows: 2, columns: 2, elements: [1e-12, -1e-13, -0.5, 1])
    let solution = try LU(a).solve([9e-13, 0.5])
    #expect(solution.backwardError < 1e-16)
    #expect(abs(solution.value[0] - 1) < 1e-12 && abs(solution.value[1] - 1) < 1e-12)
  }

  @Test func namesASingularMatrix() {
    let error = #expect(throws: LinearAlgebraError.self) {
      try LU(Matrix(rows: 2, columns: 2, elements: [1, 2, 2, 4]))
    }
    #expect(error?.code == .singular)
  }

  @Test func refusesARightHandSideThatIsNotFiniteOrTooLong() throws {
    let lu = try LU(matrix)
    #expect(#expect(throws: LinearAlgebraError.self) { try lu.solve([1, .infinity, 0]) }?.code == .notFinite)
    #expect(#expect(throws: LinearAlgebraError.self) { try lu.solve([1, 2]) }?.code == .dimensionMismatch)
  }

  @Test func anEmptySystemHasAnEmptySolution() throws {
    #expect(try LU(Matrix(rows: 0, columns: 0)).solve([]).value == [])
  }
}
