import LinearAlgebra
import Testing

@Suite struct CholeskyTests {
  @Test func solvesASystemDoneByHand() throws {
    // [[4, 2], [2, 3]] x = [8, 7] has x = [1.25, 1.5]; its inverse is [[3, -2], [-2, 4]] / 8.
    let cholesky = try Cholesky(Matrix(rows: 2, columns: 2, elements: [4, 2, 2, 3]))
    let x = try cholesky.solve([8, 7])
    #expect(abs(x[0] - 1.25) < 1e-15 && abs(x[1] - 1.5) < 1e-15)
    let inverse = try cholesky.inverse()
    for (got, expected) in zip(inverse.elements, [0.375, -0.25, -0.25, 0.5]) { #expect(abs(got - expected) < 1e-15) }
  }

  @Test func readsOnlyTheLowerTriangle() throws {
    let cholesky = try Cholesky(Matrix(rows: 2, columns: 2, elements: [4, -77, 2, 3]))
    #expect(abs(try cholesky.solve([8, 7])[0] - 1.25) < 1e-15)
  }

  @Test(arguments: [1, 3, 40, 129]) func inverseTimesMatrixIsIdentity(size: Int) throws {
    var generator = Repeatable(seed: UInt64(size))
    let root = Matrix(random: size, size, &generator)
    var matrix = root.transposed.times(root)
    for i in 0..<size { matrix[i, i] += 1 }
    let product = try Cholesky(matrix).inverse().times(matrix)
    for i in 0..<size {
      for j in 0..<size { #expect(abs(product[i, j] - (i == j ? 1 : 0)) < 1e-11) }
    }
  }

  @Test func namesTheMinorThatIsNotPositive() {
    let matrix = Matrix(rows: 3, columns: 3, elements: [1, 0, 0, 0, 1, 1, 0, 1, 1])
    let error = #expect(throws: LinearAlgebraError.self) { try Cholesky(matrix) }
    #expect(error?.code == .notPositiveDefinite)
    #expect(error?.message.contains("order 3") == true)
  }

  @Test func refusesWhatIsNoSystem() throws {
    let shape = #expect(throws: LinearAlgebraError.self) { try Cholesky(Matrix(rows: 2, columns: 3)) }
    #expect(shape?.code == .dimensionMismatch)
    let nan = #expect(throws: LinearAlgebraError.self) {
      try Cholesky(Matrix(rows: 1, columns: 1, elements: [.nan]))
    }
    #expect(nan?.code == .notFinite)
    let cholesky = try Cholesky(.identity(2))
    let length = #expect(throws: LinearAlgebraError.self) { try cholesky.solve([1, 2, 3]) }
    #expect(length?.code == .dimensionMismatch)
  }
}
