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
/// Cost: a step reads all elements and 2 n for each step before it. Memory: 24 bytes an element, n doubles a step.
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
  private static let mostSteps = 10_000
  /// Doubles in the vectors that GMRES keeps before it starts anew: 512 MB.
  private static let mostKept = 1 << 26

  public let size: Int
  /// I - Q, and I - Qᵀ in the opposite order, so that both gather along their rows.
  private let columns: Splitting
  private let rows: Splitting
  /// 1 + the largest sum of a row of Q: ‖I - Q‖ in the infinity norm is no more, nor ‖I - Qᵀ‖ in the 1-norm.
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
    let order = q.reversePostorder
    columns = try Splitting(q, order: order)
    rows = try Splitting(q.transposed, order: order.reversed())
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
    let system = transposed ? rows : columns
    let kept = Kept(size: size, removed: removed.map { Int(system.place[$0]) })
    var right = system.state.map { b[Int($0)] }
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
        system.advance(&z, &image, kept)
        cycle.add(image)
        steps += 1
      }
      var z = cycle.combination()
      var image = z
      system.advance(&z, &image, kept)
      var next = x
      for i in next.indices { next[i] += z[i] }
      let nextRest = system.residual(next, right, kept)
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
    return Solution(value: system.place.map { x[Int($0)] }, backwardError: error, steps: steps)
  }

  private func backwardError(_ rest: [Double], _ x: [Double], _ b: [Double], transposed: Bool) -> Double {
    let left = length(rest, transposed)
    return left == 0 ? 0 : left / (norm * length(x, transposed) + length(b, transposed))
  }

  private func length(_ vector: [Double], _ transposed: Bool) -> Double {
    transposed ? vector.reduce(0) { $0 + abs($1) } : vector.reduce(0) { max($0, abs($1)) }
  }
}
