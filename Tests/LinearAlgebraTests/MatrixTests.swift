import LinearAlgebra
import Testing

@Suite struct MatrixTests {
  @Test func productsAgreeWithTheirDefinition() {
    var generator = Repeatable(seed: 1)
    let a = Matrix(random: 7, 5, &generator)
    let b = Matrix(random: 5, 3, &generator)
    let product = a.times(b)
    for i in 0..<7 {
      for j in 0..<3 {
        let expected = (0..<5).reduce(0.0) { $0 + a[i, $1] * b[$1, j] }
        #expect(abs(product[i, j] - expected) < 1e-14)
      }
    }
    let x = (0..<5).map { b[$0, 1] }
    let y = a.times(x)
    for i in 0..<7 { #expect(abs(y[i] - product[i, 1]) < 1e-14) }
    #expect(a.transposed.transposed == a)
    #expect(a.times(.identity(5)) == a)
  }

  @Test func gramAndTransposedProductsAddUpOverBlocks() {
    var generator = Repeatable(seed: 2)
    let a = Matrix(random: 11, 4, &generator)
    let weights = (0..<11).map { _ in generator.next() }
    var gram = Matrix(rows: 4, columns: 4)
    var sums = [Double](repeating: 0, count: 4)
    // Cut into 6 and 5 rows: the two calls must add, not overwrite.
    for rows in [0..<6, 6..<11] {
      let block = a.elements.span.extracting((rows.lowerBound * 4)..<(rows.upperBound * 4))
      gram.withMutableElements { BLAS.addGram(rows: rows.count, columns: 4, block, into: &$0) }
      var out = sums.mutableSpan
      BLAS.addTransposed(rows: rows.count, columns: 4, block, weights.span.extracting(rows), into: &out)
    }
    let expected = a.transposed.times(a)
    for i in 0..<4 {
      for j in 0...i { #expect(abs(gram[i, j] - expected[i, j]) < 1e-14) }
      for j in (i + 1)..<4 where i < 3 { #expect(gram[i, j] == 0) }
      #expect(abs(sums[i] - (0..<11).reduce(0.0) { $0 + a[$1, i] * weights[$1] }) < 1e-14)
    }
  }

  @Test func aMatrixWithoutColumnsTimesAnEmptyVectorIsZero() {
    #expect(Matrix(rows: 3, columns: 0).times([]) == [0, 0, 0])
    #expect(Matrix(rows: 0, columns: 2).times([1, 2]) == [])
  }
}

/// SplitMix64, uniform in -1..<1: the same numbers in every run.
struct Repeatable {
  var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double(Int64(bitPattern: z ^ (z >> 31)) >> 11) * 0x1p-52
  }
}

extension Matrix {
  init(random rows: Int, _ columns: Int, _ generator: inout Repeatable) {
    self.init(rows: rows, columns: columns, elements: (0..<(rows * columns)).map { _ in generator.next() })
  }
}
