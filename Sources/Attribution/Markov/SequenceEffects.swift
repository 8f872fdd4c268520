/// What would be lost if a run of keys, one directly after the other, led nowhere.
package struct SequenceEffect: Sendable, Equatable {
  /// The earliest first.
  package let keys: [Int]
  /// Of all conversions, the part that would be lost.
  package let conversions: Double
  /// Of all revenue.
  package let revenue: Double
}

extension MarkovChain {
  /// The sequences of a length whose removal loses the most conversions.
  ///
  /// In a chain of order at least `length`, a sequence is removed as a key is: every state that contains it as a
  /// contiguous run is null. In a chain of order `length` - 1 a sequence is a transition, x → y in a chain of order 1:
  /// who would make it is lost. A transition to the same state is none, since consecutive identical states are one. A
  /// chain of a lower order does not know its sequences.
  ///
  /// - Returns: at most `count`, the largest effect first, ties by keys; only sequences that occur.
  /// - Throws: `.invalidQuery`: a length below 2 or above order + 1; `.unsolvable`.
  /// - Complexity: a bound on each effect costs little; systems are solved only until no bound left is above the last
  ///   effect of the answer.
  package func sequenceEffects(
    length: Int = 2, count: Int, by method: ChainSolution.Method = .cheapest
  ) throws(AttributionError) -> [SequenceEffect] {
    guard length >= 2 else {
      throw AttributionError(.invalidQuery, "markov: sequences of \(length) are none; the least is 2")
    }
    guard length - 1 <= order else {
      throw AttributionError(
        .invalidQuery,
        "markov: sequences of \(length) do not exist in a chain of order \(order); ask for order \(length - 1) or more")
    }
    guard count > 0, conversions.contains(where: { $0.conversions > 0 }) else { return [] }
    let solution = try ChainSolution(self, by: method)
    let expected = try solution.expected().0
    let candidates =
      length > order ? moves(of: solution, expected) : try sequences(of: length, solution, expected)
    var found: [SequenceEffect] = []
    for candidate in candidates.sorted(by: { $0.bound > $1.bound }) {
      // A bound is rounded, and ties are decided by keys.
      if found.count == count, candidate.bound * (1 + 1e-9) < found[count - 1].conversions { break }
      let loss =
        switch candidate.cut {
        case .states(let states): try solution.loss(without: states).0
        case .move(let from, let to, let probability):
          try solution.loss(from: from, to: to, probability: probability, expected: expected).0
        }
      let effect = SequenceEffect(
        keys: candidate.keys.map(Int.init), conversions: loss.conversions / solution.all.conversions,
        revenue: solution.all.revenue > 0 ? loss.revenue / solution.all.revenue : 0)
      let place = found.firstIndex { effect.isBefore($0) } ?? found.count
      if place < count { found.insert(effect, at: place) }
      if found.count > count { found.removeLast() }
    }
    return found
  }

  private struct Candidate {
    enum Cut {
      case states([Int])
      case move(from: Int, to: Int, probability: Double)
    }

    let keys: [Int32]
    let cut: Cut
    /// No removal effect on conversions is larger.
    let bound: Double
  }

  /// Every transition between states, lost with each passage rather than with the first: that bounds it.
  private func moves(of solution: ChainSolution, _ expected: [Credit]) -> [Candidate] {
    var candidates: [Candidate] = []
    for from in starts.indices {
      for place in offsets[from]..<offsets[from + 1] {
        let to = Int(targets[place])
        let probability = solution.probabilities.values[place]
        candidates.append(
          Candidate(
            keys: keys(of: from) + keys(of: to).suffix(1),
            cut: .move(from: from, to: to, probability: probability),
            bound: solution.visits[from] * probability * expected[to].conversions / solution.all.conversions))
      }
    }
    return candidates
  }

  /// Every run of keys within states, lost with each entry into its states rather than with the first.
  private func sequences(
    of length: Int, _ solution: ChainSolution, _ expected: [Credit]
  ) throws(AttributionError) -> [Candidate] {
    let run = try RunCode(symbols: keyCount, length: length, for: "markov: sequences")
    var codes = CodeTable()
    var states: [[Int]] = []
    for state in starts.indices {
      var code: UInt64 = 0
      for (place, key) in keys(of: state).enumerated() {
        code = run.appending(Int(key), to: code)
        guard place + 1 >= length else { continue }
        let sequence = codes.number(of: code)
        if sequence == states.count { states.append([]) }
        if states[sequence].last != state { states[sequence].append(state) }
      }
    }
    var owner = [Int](repeating: -1, count: starts.count)
    return states.indices.map { sequence in
      for state in states[sequence] { owner[state] = sequence }
      var bound = 0.0
      for state in states[sequence] {
        bound += solution.visits[state] * expected[state].conversions
        for place in offsets[state]..<offsets[state + 1] where owner[Int(targets[place])] == sequence {
          bound -=
            solution.visits[state] * solution.probabilities.values[place] * expected[Int(targets[place])].conversions
        }
      }
      return Candidate(
        keys: run.symbols(of: codes.codes[sequence]), cut: .states(states[sequence]),
        bound: bound / solution.all.conversions)
    }
  }
}

extension SequenceEffect {
  fileprivate func isBefore(_ other: SequenceEffect) -> Bool {
    conversions != other.conversions ? conversions > other.conversions : keys.lexicographicallyPrecedes(other.keys)
  }
}
