import LinearAlgebra

/// A chain made ready to lose states.
///
/// With Q the probabilities of moves, r what a visit to a state earns, v the visits to the states (known: see
/// `MarkovChain`) and N = (I - Q)⁻¹, the removal of the states S loses what S earned and what its visitors would have
/// earned elsewhere: v_S N_SS⁻¹ (N r)_S = v_S r_S + v_S Q_SR (I - Q_RR)⁻¹ r_R, R being the other states. The left
/// side needs one inverse for all S, but a dense one; the right side one sparse system for each S, whose solution
/// serves conversions and revenue. Neither subtracts: small effects are as exact as large ones.
package struct ChainSolution: Sendable {
  package enum Method: Sendable {
    case dense, sparse
    /// Whichever takes less time.
    case cheapest
  }

  private enum Inverse: Sendable {
    /// N, and N r for conversions and for revenue.
    case dense(Matrix, conversions: [Double], revenue: [Double])
    case sparse(SubstochasticSystem)
  }

  /// Of a chain of that many states an inverse takes 1 GB while it is made.
  private static let mostDense = 5000

  /// Conversions and revenue of a journey.
  let all: Credit
  /// Relative: of N, and of the visits, whose flow must be conserved.
  let residual: Double
  let probabilities: SparseMatrix
  /// By state, of a journey.
  let visits: [Double]
  /// By state, of a visit.
  private let converting: [Double]
  private let earning: [Double]
  private let inverse: Inverse

  init(_ chain: MarkovChain, by method: Method) throws(AttributionError) {
    let states = chain.starts.count
    let out = chain.outgoing
    let started = chain.starts.reduce(0, +)
    let visits = out.map { $0 / started }
    self.visits = visits
    let converting = (0..<states).map { out[$0] > 0 ? chain.conversions[$0].conversions / out[$0] : 0 }
    // Revenue that a file books to paths without a conversion is no part of any effect.
    let earning = (0..<states).map { converting[$0] > 0 ? chain.conversions[$0].revenue / out[$0] : 0 }
    self.converting = converting
    self.earning = earning
    all = Credit(conversions: dot(visits, converting), revenue: dot(visits, earning))
    do {
      var values = chain.weights
      for state in 0..<states {
        for place in chain.offsets[state]..<chain.offsets[state + 1] { values[place] /= out[state] }
      }
      probabilities = try SparseMatrix(
        rows: states, columns: states, offsets: chain.offsets, columnIndices: chain.targets, values: values)
      var residual = 0.0
      let arriving = probabilities.transposedTimes(visits)
      for state in 0..<states {
        residual += abs(visits[state] - arriving[state] - chain.starts[state] / started)
      }
      residual /= 1 + 2 * visits.reduce(0, +)
      let system = method == .dense ? nil : try SubstochasticSystem(probabilities)
      if let system, try method == .sparse || Self.isCheaper(system, chain, converting) {
        inverse = .sparse(system)
      } else {
        var system = Matrix.identity(states)
        for state in 0..<states {
          for place in chain.offsets[state]..<chain.offsets[state + 1] {
            system[state, Int(chain.targets[place])] -= values[place]
          }
        }
        // Whose threads would share the sums, and with them the bits, in another way on another machine.
        BLASThreads.set(1)
        let inverse = try LU(system).inverse()
        residual = max(residual, inverse.backwardError)
        self.inverse = .dense(
          inverse.value, conversions: inverse.value.times(converting), revenue: inverse.value.times(earning))
      }
      self.residual = residual
    } catch {
      throw Self.unsolvable(states, error)
    }
  }

  /// Whether a solve for each key takes less time than an inverse and a block of it for each key, as measured in
  /// nanoseconds. How many steps a solve takes is known from one: few, but for a walk among very many neighbours.
  private static func isCheaper(
    _ system: SubstochasticSystem, _ chain: MarkovChain, _ reward: [Double]
  ) throws(LinearAlgebraError) -> Bool {
    let states = system.size
    guard states <= mostDense else { return true }
    func cube(_ count: Int) -> Double { Double(count) * Double(count) * Double(count) }
    let blocks = chain.order == 1 ? 0 : chain.statesByKey().reduce(0) { $0 + cube($1.count) }
    let dense = 0.3 * cube(states) + blocks
    func sparse(steps: Int) -> Double {
      0.6 * Double(chain.keyCount) * Double(steps) * Double(chain.weights.count + min(steps, 200) * states / 2)
    }
    guard sparse(steps: 20) < dense else { return false }
    do {
      return sparse(steps: try system.solve(reward).steps) < dense
    } catch {
      guard error.code == .notConverged else { throw error }
      return false
    }
  }

  /// What a journey loses with some states, and the relative residual with which that is known.
  func loss(without states: [Int]) throws(AttributionError) -> (Credit, residual: Double) {
    do {
      switch inverse {
      case .dense(let inverse, let conversions, let revenue):
        if states.count == 1 {
          let state = states[0]
          return (
            Credit(conversions: conversions[state], revenue: revenue[state])
              * (visits[state] / inverse[state, state]), 0
          )
        }
        var block = Matrix(rows: states.count, columns: states.count)
        var expected = Matrix(rows: states.count, columns: 2)
        for (i, state) in states.enumerated() {
          for (j, other) in states.enumerated() { block[i, j] = inverse[state, other] }
          expected[i, 0] = conversions[state]
          expected[i, 1] = revenue[state]
        }
        let solution = try LU(block).solve(expected)
        var loss = Credit.zero
        for (i, state) in states.enumerated() {
          loss += Credit(conversions: solution.value[i, 0], revenue: solution.value[i, 1]) * visits[state]
        }
        return (loss, solution.backwardError)
      case .sparse(let system):
        var leaving = [Double](repeating: 0, count: visits.count)
        var loss = Credit.zero
        for state in states {
          loss += Credit(conversions: converting[state], revenue: earning[state]) * visits[state]
          for place in probabilities.offsets[state]..<probabilities.offsets[state + 1] {
            leaving[Int(probabilities.columnIndices[place])] += visits[state] * probabilities.values[place]
          }
        }
        let lost = try system.solveTransposed(leaving, without: states)
        loss += Credit(conversions: dot(lost.value, converting), revenue: dot(lost.value, earning))
        return (loss, lost.backwardError)
      }
    } catch {
      throw Self.unsolvable(visits.count, error)
    }
  }

  /// What a journey loses when who goes from one state to another is lost on the way, and the relative residual.
  ///
  /// With a probability q of that move, its first passage is q v / (1 + q N_back) of the journeys, where N_back are
  /// the visits of `from` by who starts in `to` (Sherman & Morrison 1950).
  func loss(
    from: Int, to: Int, probability: Double, expected: [Credit]
  ) throws(AttributionError) -> (Credit, residual: Double) {
    var back = 0.0
    var residual = 0.0
    switch inverse {
    case .dense(let inverse, _, _): back = inverse[to, from]
    case .sparse(let system):
      var start = [Double](repeating: 0, count: visits.count)
      start[to] = 1
      do {
        let solution = try system.solveTransposed(start)
        (back, residual) = (solution.value[from], solution.backwardError)
      } catch {
        throw Self.unsolvable(visits.count, error)
      }
    }
    return (expected[to] * (visits[from] * probability / (1 + probability * back)), residual)
  }

  /// By state: what a visitor earns from there on, and the relative residual.
  func expected() throws(AttributionError) -> ([Credit], residual: Double) {
    switch inverse {
    case .dense(_, let conversions, let revenue):
      return (zip(conversions, revenue).map { Credit(conversions: $0, revenue: $1) }, residual)
    case .sparse(let system):
      do {
        let conversions = try system.solve(converting)
        let revenue = try system.solve(earning)
        return (
          zip(conversions.value, revenue.value).map { Credit(conversions: $0, revenue: $1) },
          max(conversions.backwardError, revenue.backwardError)
        )
      } catch {
        throw Self.unsolvable(visits.count, error)
      }
    }
  }

  private static func unsolvable(_ states: Int, _ error: any Error) -> AttributionError {
    AttributionError(
      .unsolvable,
      "markov: removal effects of \(states) states failed: \(error); lower the order, or ask for fewer keys")
  }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
