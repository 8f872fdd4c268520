import Foundation

/// How well chains of each order foretell journeys that they have not seen.
package struct MarkovOrders: Sendable, Equatable {
  package struct Score: Sendable, Equatable {
    package let order: Int
    /// Of a held-out journey, in nats.
    package let negativeLogLikelihood: Double
  }

  /// Ascending in order.
  package let scores: [Score]

  /// The order of the smallest score, of equal ones the lowest.
  package var best: Int {
    scores.reduce(scores[0]) { $1.negativeLogLikelihood < $0.negativeLogLikelihood ? $1 : $0 }.order
  }
}

extension PathTable {
  /// The order of a chain, by cross-validation.
  ///
  /// Journeys (not paths) are divided at random into folds; those of each fold are foretold by a model of the others.
  /// All orders are scored on the same events: every touch of a journey, repeats included, and its end, conversion or
  /// null. A chain of order k foretells an event from the last k touches, or from all touches since the start where
  /// there are fewer: these are the probabilities of `MarkovChain`, there with consecutive identical states as one.
  ///
  /// What was seldom seen is smoothed by the next lower order: (n(context, event) + P(event | context without its
  /// earliest touch)) / (n(context) + 1), a Dirichlet prior with the weight of one journey (MacKay & Peto, "A
  /// hierarchical Dirichlet language model", 1995); below order 0, all events are equally likely. That a context
  /// began the journey counts as its earliest touch. A context that occurs wherever the shorter one does says
  /// nothing new and is not smoothed again, so that orders longer than every path tie.
  ///
  /// - Parameters:
  ///   - maximum: the highest order that is tried.
  ///   - withNulls: false leaves out journeys without a conversion.
  /// - Throws: `.invalidQuery`: an order below 1, fewer than two folds or journeys, or more keys and order than 64
  ///   bits tell apart.
  /// - Complexity: linear in steps × orders × folds; memory 8 × (folds + 2) bytes for each run of up to `maximum` + 1
  ///   steps that occurs.
  package func bestOrder(
    maximum: Int, folds: Int = 5, seed: UInt64 = 0, withNulls: Bool = true
  ) throws(AttributionError) -> MarkovOrders {
    guard maximum >= 1, folds >= 2 else {
      throw AttributionError(
        .invalidQuery,
        "markov: \(folds) folds for orders up to \(maximum): the least are 2 folds and an order of 1")
    }
    let total = total.conversions + (withNulls ? nulls.reduce(0, +) : 0)
    guard total >= 2 else {
      throw AttributionError(
        .invalidQuery, "markov: an order cannot be chosen from fewer than two journeys; name the order")
    }
    var likelihood = HeldOutLikelihood(
      try RunCode(
        symbols: keyCount + 3, length: min(maximum, 64) + 1, for: "markov: choice of an order up to \(maximum)"),
      keys: keyCount, maximum: maximum, folds: folds)
    // The same journeys fall into the same folds in both passes.
    var random = SplitMix(seed: seed)
    for path in 0..<count {
      let journeys = journeys(path, folds, withNulls, &random)
      if journeys.total > 0 { likelihood.learn(self[path], journeys) }
    }
    random = SplitMix(seed: seed)
    for path in 0..<count {
      let journeys = journeys(path, folds, withNulls, &random)
      if journeys.total > 0 { likelihood.score(self[path], journeys) }
    }
    return MarkovOrders(
      scores: (1...maximum).map { .init(order: $0, negativeLogLikelihood: likelihood.scores[$0] / total) })
  }

  private func journeys(
    _ path: Int, _ folds: Int, _ withNulls: Bool, _ random: inout SplitMix
  ) -> HeldOutLikelihood.Journeys {
    .init(
      converted: random.divide(credits[path].conversions, among: folds),
      lost: withNulls ? random.divide(nulls[path], among: folds) : [Double](repeating: 0, count: folds))
  }
}

extension SplitMix {
  /// Each of a number of journeys into a fold at random, a fraction of one as a whole.
  fileprivate mutating func divide(_ journeys: Double, among folds: Int) -> [Double] {
    var parts = [Double](repeating: 0, count: folds)
    guard journeys > 0 else { return parts }
    var whole = journeys.rounded(.down)
    if journeys > whole { parts[below(folds)] += journeys - whole }
    if whole <= 10_000 {
      for _ in 0..<Int(whole) { parts[below(folds)] += 1 }
      return parts
    }
    // A normal deviate (Box & Muller 1958) stands for the binomial one of so many.
    for fold in 0..<folds - 1 {
      let share = 1 / Double(folds - fold)
      let (u, v) = (1 - Double(next() >> 11) * 0x1p-53, Double(next() >> 11) * 0x1p-53)
      let deviate = (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
      let drawn = (whole * share + deviate * (whole * share * (1 - share)).squareRoot()).rounded()
      parts[fold] += min(whole, max(0, drawn))
      whole -= min(whole, max(0, drawn))
    }
    parts[folds - 1] += whole
    return parts
  }
}
