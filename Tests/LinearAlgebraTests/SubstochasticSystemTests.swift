import LinearAlgebra
import Testing

@Suite struct SubstochasticSystemTests {
  /// 0 → 1 (1/2), 1 → 0 (1/4), 1 → 2 (1/2), 2 → 0 (1/3).
  private func byHand() throws -> SparseMatrix {
    try SparseMatrix(
      rows: 3, columns: 3, offsets: [0, 1, 3, 4], columnIndices: [1, 0, 2, 0], values: [0.5, 0.25, 0.5, 1.0 / 3])
  }

  @Test func bothWaysRoundByHand() throws {
    let system = try SubstochasticSystem(byHand())
    // (I - Q) [1, 2, 3] = [0, 1/4, 8/3]; [1, 2, 3] (I - Q) = [-1/2, 3/2, 2].
    for (i, expected) in [1.0, 2, 3].enumerated() {
      #expect(abs(try system.solve([0, 0.25, 8.0 / 3]).value[i] - expected) < 1e-14)
      #expect(abs(try system.solveTransposed([-0.5, 1.5, 2]).value[i] - expected) < 1e-14)
    }
    // Without state 0 only 1 → 2 is left, and what is said of state 0 does not count.
    #expect(try system.solve([7, 1, 4], without: [0]).value == [0, 3, 4])
    #expect(try system.solveTransposed([7, 1, 4], without: [0]).value == [0, 1, 4.5])
  }

  /// Rows that add up to between 0.7 and 1.
  private func random(_ size: Int, degree: Int, seed: UInt64) throws -> SparseMatrix {
    var generator = Repeatable(seed: seed)
    func uniform() -> Double { (generator.next() + 1) / 2 }
    var (offsets, columns, values) = ([0], [Int32](), [Double]())
    for _ in 0..<size {
      let chosen = Set((0..<degree).map { _ in Int32(uniform() * Double(size)) % Int32(size) }).sorted()
      let weights = chosen.map { _ in uniform() + 1e-3 }
      let scale = (0.7 + 0.3 * uniform()) / weights.reduce(0, +)
      columns += chosen
      values += weights.map { $0 * scale }
      offsets.append(values.count)
    }
    return try SparseMatrix(rows: size, columns: size, offsets: offsets, columnIndices: columns, values: values)
  }

  @Test(arguments: [(1, 1), (7, 2), (60, 3), (200, 1), (300, 30)])
  func agreesWithTheDenseSolve(size: Int, degree: Int) throws {
    let q = try random(size, degree: degree, seed: UInt64(size))
    let system = try SubstochasticSystem(q)
    var generator = Repeatable(seed: 3)
    let b = (0..<size).map { _ in generator.next() }
    for removed in [[], [0], Array(stride(from: 1, to: size, by: 5))] {
      var dense = q.dense
      var right = b
      for x in removed {
        for y in 0..<size {
          dense[x, y] = 0
          dense[y, x] = 0
        }
        right[x] = 0
      }
      for i in 0..<size {
        for j in 0..<size { dense[i, j] = (i == j ? 1 : 0) - dense[i, j] }
      }
      let lu = try LU(dense)
      for (solution, expected) in [
        (try system.solve(b, without: removed), try lu.solve(right).value),
        (try system.solveTransposed(b, without: removed), try lu.solveTransposed(right).value),
      ] {
        #expect(solution.backwardError <= 1e-14)
        let scale = expected.reduce(1) { max($0, abs($1)) }
        for i in 0..<size { #expect(abs(solution.value[i] - expected[i]) < 1e-12 * scale) }
      }
    }
  }

  /// Numbered against the way it goes: any method that carries news one state a step needs 20,000.
  @Test func aLongChainTakesOneStep() throws {
    let size = 20_000
    let q = try SparseMatrix(
      rows: size, columns: size, offsets: [0] + (0..<size).map { $0 },
      columnIndices: (1..<size).map { Int32($0 - 1) }, values: Array(repeating: 0.9999, count: size - 1))
    let solution = try SubstochasticSystem(q).solveTransposed([Double](repeating: 0, count: size - 1) + [1])
    #expect(solution.steps <= 6)
    let arriving = (1..<size).reduce(1) { product, _ in product * 0.9999 }
    #expect(abs(solution.value[0] / arriving - 1) < 1e-12)
  }

  /// 1 - 1e-9 of the visitors of each state go on to the next, round and round: I - Q is 1e-9 small.
  @Test func aLoopThatIsSeldomLeft() throws {
    let size = 1000
    let stay = 1 - 1e-9
    let q = try SparseMatrix(
      rows: size, columns: size, offsets: Array(0...size), columnIndices: (0..<size).map { Int32(($0 + 1) % size) },
      values: Array(repeating: stay, count: size))
    let solution = try SubstochasticSystem(q).solveTransposed([1] + [Double](repeating: 0, count: size - 1))
    #expect(solution.backwardError <= 1e-14 && solution.steps < 20)
    // All states are visited alike, 1 / (size 1e-9) times.
    for visits in solution.value { #expect(abs(visits / 1e6 - 1) < 1e-5) }
  }

  @Test func refusesWhatIsNoChain() throws {
    func code(_ values: [Double]) -> LinearAlgebraError.Code? {
      #expect(throws: LinearAlgebraError.self) {
        try SubstochasticSystem(
          SparseMatrix(rows: 2, columns: 2, offsets: [0, 2, 2], columnIndices: [0, 1], values: values))
      }?.code
    }
    #expect(code([0.5, 0.6]) == .notSubstochastic)
    #expect(code([-0.5, 0.6]) == .notSubstochastic)
    #expect(code([.nan, 0.6]) == .notFinite)
    let system = try SubstochasticSystem(byHand())
    #expect(#expect(throws: LinearAlgebraError.self) { try system.solve([1, 2]) }?.code == .dimensionMismatch)
    #expect(
      #expect(throws: LinearAlgebraError.self) { try system.solve([1, .infinity, 0]) }?.code == .notFinite)
  }

  /// A state that is never left: no number of visits solves it.
  @Test func saysWhenThereIsNoSolution() throws {
    let q = try SparseMatrix(rows: 2, columns: 2, offsets: [0, 1, 2], columnIndices: [1, 0], values: [1, 1])
    let error = #expect(throws: LinearAlgebraError.self) { try SubstochasticSystem(q).solve([1, 0.5]) }
    #expect(error?.code == .singular)
  }

  @Test func anEmptySystemHasAnEmptySolution() throws {
    let q = try SparseMatrix(rows: 0, columns: 0, offsets: [0], columnIndices: [], values: [])
    #expect(try SubstochasticSystem(q).solve([]).value == [])
  }
}

@Suite struct SparseMatrixTests {
  private func matrix(_ columns: [Int32], offsets: [Int] = [0, 2, 2, 3]) throws(LinearAlgebraError) -> SparseMatrix {
    try SparseMatrix(rows: 3, columns: 2, offsets: offsets, columnIndices: columns, values: [1, 2, 3])
  }

  @Test func products() throws {
    let matrix = try matrix([0, 1, 1])
    #expect(matrix.times([10, 100]) == [210, 0, 300])
    #expect(matrix.transposedTimes([10, 5, 100]) == [10, 320])
    #expect(try matrix.transposed.dense == matrix.dense.transposed)
    #expect(matrix.dense == Matrix(rows: 3, columns: 2, elements: [1, 2, 0, 0, 0, 3]))
  }

  @Test func refusesWhatIsNoMatrix() {
    for (columns, offsets) in [
      ([0, 2, 1], [0, 2, 2, 3]), ([1, 0, 1], [0, 2, 2, 3]), ([0, 0, 1], [0, 2, 2, 3]), ([-1, 0, 1], [0, 2, 2, 3]),
      ([0, 1], [0, 2, 2, 3]), ([0, 1, 1], [0, 2, 2]), ([0, 1, 1], [0, 2, 1, 3]), ([0, 1, 1], [0, 2, 2, 2]),
    ] as [([Int32], [Int])] {
      #expect(
        #expect(throws: LinearAlgebraError.self) { try matrix(columns, offsets: offsets) }?.code == .dimensionMismatch)
    }
  }
}
