/// Systems with I - Q, where Q is a sparse matrix of transition probabilities between the transient states of an
/// absorbing Markov chain: no element is negative, no row adds up to more than 1.
///
/// Also with a set of states taken out of Q, one set after the other, which is what removal effects ask for.
///
/// Solved by GMRES (Saad & Schultz, "GMRES: a generalized minimal residual algorithm", SIAM J. Sci. Stat. Comput. 7,
/// 1986), preconditioned with I - U of the splitting Q = L + U. States are numbered in reverse postorder of a
/// depth-first search, so that U holds all arcs but those that close a loop: chains without a loop take one step,
/// however long, and few loops take few; a chain that mixes well takes few in any order. As A = (I - U) - L, a step
/// A (I - U)⁻¹ y = y - L (I - U)⁻¹ y reads the matrix once (Eisenstat, "Efficient implementation of a class of
/// preconditioned conjugate gradient methods", SIAM J. Sci. Stat. Comput. 2, 1981).
///
/// Cost: a step reads all elements and 2 n for each step before it. Memory: 16 bytes an element, n doubles a step.
public struct SubstochasticSystem: Sendable {
  public struct Solution: Sendable {
    public let value: [Double]
    /// ‖b - A x‖ / (‖A‖ ‖x‖ + ‖b‖), as of `LU`; the 1-norm of rows x A = b, the infinity norm of columns A x = b.
    public let backwardError: Double
    /// Passes over the matrix.
    public let steps: Int
  }

  /// A solution whose backward error is above this is none.
  public static let tolerance = 1e-12
  private static let wanted = 1e-15
  /// Of the length of a solution over that of the right-hand side: beyond, three digits are left of the answer.
  private static let largestGain = 1e12
  private static let mostSteps = 20_000
  /// Doubles in the vectors that GMRES keeps before it starts anew: 512 MB.
  private static let mostKept = 1 << 26

  public let size: Int
  /// Place of a state in the order of the search, and the state at a place.
  private let place: [Int32]
  private let state: [Int32]
  /// Q in that order.
  private let matrix: SparseMatrix
  /// By row: where its first element of U is.
  private let upper: [Int]
  /// 1 + the largest sum of a row of Q, no less than either norm asks for.
  private let norm: Double

  /// - Throws: `dimensionMismatch`; `notFinite`; `notSubstochastic`.
  public init(_ q: SparseMatrix) throws(LinearAlgebraError) {
    guard q.rows == q.columns else {
      throw LinearAlgebraError(
        .dimensionMismatch,
        "linear algebra: a \(q.rows) x \(q.columns) matrix has no transition probabilities: it is not square")
    }
    size = q.rows
    var largest = 0.0
    for row in 0..<q.rows {
      var sum = 0.0
      for place in q.offsets[row]..<q.offsets[row + 1] {
        guard q.values[place] >= 0 else {
          throw LinearAlgebraError(
            q.values[place].isNaN ? .notFinite : .notSubstochastic,
            "linear algebra: an element of row \(row) of the transition probabilities is negative or no number")
        }
        sum += q.values[place]
      }
      largest = max(largest, sum)
      guard sum <= 1 + 1e-9 else {
        throw LinearAlgebraError(
          .notSubstochastic, "linear algebra: row \(row) of the transition probabilities adds up to more than 1")
      }
    }
    norm = 1 + largest
    state = Self.reversePostorder(q)
    var place = [Int32](repeating: 0, count: q.rows)
    for (index, state) in state.enumerated() { place[Int(state)] = Int32(index) }
    self.place = place
    matrix = try Self.permute(q, state: state, place: place)
    var upper: [Int] = []
    upper.reserveCapacity(q.rows)
    for row in 0..<q.rows {
      var first = matrix.offsets[row]
      while first < matrix.offsets[row + 1], matrix.columnIndices[first] <= row { first += 1 }
      upper.append(first)
    }
    self.upper = upper
  }

  /// x with x (I - Q) = b: the expected visits of a chain that starts with the weights b.
  ///
  /// - Parameter removed: states taken out: their rows and columns of Q, elements of b and of x count as zero.
  /// - Throws: `dimensionMismatch`, `notFinite`, `notConverged`, `singular`.
  public func solveTransposed(_ b: [Double], without removed: [Int] = []) throws(LinearAlgebraError) -> Solution {
    try solve(b, without: removed, transposed: true)
  }

  /// x with (I - Q) x = b: the expected reward from each state on, b being what is earned in a state.
  public func solve(_ b: [Double], without removed: [Int] = []) throws(LinearAlgebraError) -> Solution {
    try solve(b, without: removed, transposed: false)
  }

  private func solve(
    _ b: [Double], without removed: [Int], transposed: Bool
  ) throws(LinearAlgebraError) -> Solution {
    guard b.count == size, removed.allSatisfy({ (0..<size).contains($0) }) else {
      throw LinearAlgebraError(
        .dimensionMismatch,
        "linear algebra: solve with \(size) transition probabilities failed: the right-hand side has \(b.count) rows")
    }
    guard b.allSatisfy(\.isFinite) else {
      throw LinearAlgebraError(
        .notFinite, "linear algebra: solve failed: the right-hand side holds NaN or infinity; check its inputs")
    }
    let kept = Kept(size: size, removed: removed.map { Int(place[$0]) })
    var right = state.map { b[Int($0)] }
    kept.clear(&right)
    var x = [Double](repeating: 0, count: size)
    var rest = right
    var steps = 0
    var error = backwardError(rest, x, right, transposed: transposed)
    let limit = max(20, min(200, Self.mostKept / max(1, size)))
    while error > Self.wanted, steps < Self.mostSteps {
      var cycle = GMRES(rest)
      // A cycle loses its way where rounding does; the next one starts from the true residual.
      let target = cycle.start * max(1e-12, min(0.5, Self.wanted / error))
      while cycle.steps < limit, cycle.residual > target {
        var (z, image) = (cycle.last, cycle.last)
        advance(&z, &image, kept, transposed: transposed)
        cycle.add(image)
        steps += 1
      }
      var z = cycle.combination()
      var image = z
      advance(&z, &image, kept, transposed: transposed)
      var next = x
      for i in next.indices { next[i] += z[i] }
      let nextRest = residual(next, right, kept, transposed: transposed)
      steps += 2
      let nextError = backwardError(nextRest, next, right, transposed: transposed)
      // What rounding leaves does not shrink any more.
      guard nextError < error else { break }
      let stalled = nextError > error / 4
      (x, rest, error) = (next, nextRest, nextError)
      if stalled, error <= Self.tolerance { break }
    }
    guard error <= Self.tolerance else {
      throw LinearAlgebraError(
        .notConverged,
        """
        linear algebra: solve with \(size) transition probabilities failed: after \(steps) steps the residual is \
        \(error), more than \(Self.tolerance)
        """)
    }
    guard length(x, transposed) <= Self.largestGain * length(right, transposed) else {
      throw LinearAlgebraError(
        .singular,
        "linear algebra: solve with \(size) transition probabilities failed: some states are never left, or hardly")
    }
    return Solution(value: place.map { x[Int($0)] }, backwardError: error, steps: steps)
  }

  /// z ← (I - U)⁻¹ z and, beside it, image ← image - L z; of rows if transposed. One pass.
  private func advance(_ z: inout [Double], _ image: inout [Double], _ kept: Kept, transposed: Bool) {
    let (columns, values) = (matrix.columnIndices.span, matrix.values.span)
    let (offsets, upper) = (matrix.offsets.span, upper.span)
    var zs = z.mutableSpan
    var images = image.mutableSpan
    if transposed {
      for row in 0..<size {
        if kept.hasGaps, !kept[row] {
          zs[unchecked: row] = 0
          continue
        }
        let visits = zs[unchecked: row]
        guard visits != 0 else { continue }
        let middle = upper[unchecked: row]
        for at in offsets[unchecked: row]..<middle {
          images[unchecked: Int(columns[unchecked: at])] -= visits * values[unchecked: at]
        }
        for at in middle..<offsets[unchecked: row + 1] {
          zs[unchecked: Int(columns[unchecked: at])] += visits * values[unchecked: at]
        }
      }
      kept.clear(&images)
    } else {
      for row in stride(from: size - 1, through: 0, by: -1) {
        if kept.hasGaps, !kept[row] {
          zs[unchecked: row] = 0
          continue
        }
        var sum = zs[unchecked: row]
        for at in upper[unchecked: row]..<offsets[unchecked: row + 1] {
          sum += values[unchecked: at] * zs[unchecked: Int(columns[unchecked: at])]
        }
        zs[unchecked: row] = sum
      }
      for row in 0..<size where !kept.hasGaps || kept[row] {
        var sum = images[unchecked: row]
        for at in offsets[unchecked: row]..<upper[unchecked: row] {
          sum -= values[unchecked: at] * zs[unchecked: Int(columns[unchecked: at])]
        }
        images[unchecked: row] = sum
      }
    }
  }

  private func residual(_ x: [Double], _ b: [Double], _ kept: Kept, transposed: Bool) -> [Double] {
    let product = transposed ? matrix.transposedTimes(x) : matrix.times(x)
    var rest = b
    for i in rest.indices { rest[i] = (b[i] - x[i]) + product[i] }
    kept.clear(&rest)
    return rest
  }

  private func backwardError(_ rest: [Double], _ x: [Double], _ b: [Double], transposed: Bool) -> Double {
    let left = length(rest, transposed)
    return left == 0 ? 0 : left / (norm * length(x, transposed) + length(b, transposed))
  }

  private func length(_ vector: [Double], _ transposed: Bool) -> Double {
    transposed ? vector.reduce(0) { $0 + abs($1) } : vector.reduce(0) { max($0, abs($1)) }
  }
}

/// The states that are not taken out, by place.
private struct Kept {
  let hasGaps: Bool
  private let flags: [Bool]
  private let gaps: [Int]

  init(size: Int, removed: [Int]) {
    hasGaps = !removed.isEmpty
    gaps = removed
    var flags = [Bool](repeating: true, count: hasGaps ? size : 0)
    for place in removed { flags[place] = false }
    self.flags = flags
  }

  subscript(place: Int) -> Bool { flags[place] }

  func clear(_ vector: inout [Double]) { for place in gaps { vector[place] = 0 } }

  func clear(_ vector: inout MutableSpan<Double>) { for place in gaps { vector[place] = 0 } }
}

extension SubstochasticSystem {
  /// States, each before those it leads to, but for arcs that close a loop.
  private static func reversePostorder(_ q: SparseMatrix) -> [Int32] {
    var order: [Int32] = []
    order.reserveCapacity(q.rows)
    var next = q.offsets
    var isSeen = [Bool](repeating: false, count: q.rows)
    var stack: [Int] = []
    for root in 0..<q.rows where !isSeen[root] {
      isSeen[root] = true
      stack.append(root)
      while let row = stack.last {
        if next[row] == q.offsets[row + 1] {
          order.append(Int32(row))
          stack.removeLast()
          continue
        }
        let column = Int(q.columnIndices[next[row]])
        next[row] += 1
        if !isSeen[column] {
          isSeen[column] = true
          stack.append(column)
        }
      }
    }
    order.reverse()
    return order
  }

  private static func permute(
    _ q: SparseMatrix, state: [Int32], place: [Int32]
  ) throws(LinearAlgebraError) -> SparseMatrix {
    var offsets = [0]
    var columns: [Int32] = []
    var values: [Double] = []
    offsets.reserveCapacity(q.rows + 1)
    columns.reserveCapacity(q.values.count)
    values.reserveCapacity(q.values.count)
    var row: [(column: Int32, value: Double)] = []
    for old in state {
      let range = q.offsets[Int(old)]..<q.offsets[Int(old) + 1]
      row.removeAll(keepingCapacity: true)
      for at in range { row.append((place[Int(q.columnIndices[at])], q.values[at])) }
      row.sort { $0.column < $1.column }
      for element in row {
        columns.append(element.column)
        values.append(element.value)
      }
      offsets.append(values.count)
    }
    return try SparseMatrix(rows: q.rows, columns: q.rows, offsets: offsets, columnIndices: columns, values: values)
  }
}
