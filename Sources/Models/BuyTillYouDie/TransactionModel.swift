import Foundation
import Journeys

/// Any of the models of how often and how long customers buy.
enum TransactionModel: Sendable {
  case betaGeometric(BetaGeometricNBD)
  case pareto(ParetoNBD)
  case betaBernoulli(BetaGeometricBetaBernoulli)

  /// Nil for Gamma-Gamma.
  ///
  /// - Throws: `.foreignModel` when a parameter is missing or not positive.
  init?(_ learner: CustomerLearner, _ named: [String: Double]) throws(ModelError) {
    func parameter(_ name: String) throws(ModelError) -> Double { try Self.parameter(name, of: learner, named) }
    switch learner {
    case .betaGeometric, .modifiedBetaGeometric:
      self = .betaGeometric(
        BetaGeometricNBD(
          dropout: learner == .betaGeometric ? .afterRepeatPurchase : .afterEveryPurchase, r: try parameter("r"),
          alpha: try parameter("alpha"), a: try parameter("a"), b: try parameter("b")))
    case .pareto:
      self = .pareto(
        ParetoNBD(
          r: try parameter("r"), alpha: try parameter("alpha"), s: try parameter("s"), beta: try parameter("beta")))
    case .betaGeometricBetaBernoulli:
      self = .betaBernoulli(
        BetaGeometricBetaBernoulli(
          alpha: try parameter("alpha"), beta: try parameter("beta"), gamma: try parameter("gamma"),
          delta: try parameter("delta")))
    case .gammaGamma: return nil
    }
  }

  static func parameter(
    _ name: String, of learner: CustomerLearner, _ named: [String: Double]
  ) throws(ModelError) -> Double {
    guard let value = named[name], value > 0, value.isFinite else {
      throw ModelError(
        .foreignModel, "model file: \(learner.rawValue) has a parameter '\(name)' above 0, which is not there")
    }
    return value
  }

  func probabilityAlive(x: Double, lastPurchase: Double, age: Double) -> Double {
    switch self {
    case .betaGeometric(let model): model.probabilityAlive(x: x, lastPurchase: lastPurchase, age: age)
    case .pareto(let model): model.probabilityAlive(x: x, lastPurchase: lastPurchase, age: age)
    case .betaBernoulli(let model): model.probabilityAlive(x: x, lastPurchase: lastPurchase, occasions: age)
    }
  }

  /// What a living customer with x purchases has before him, as a function of his age: the expected purchases within
  /// each horizon and, last, the discounted ones. It depends on nothing else, so that few are computed for many.
  func future(
    x: Double, smallestAge: Double, horizons: [Double], discount: Double?
  ) -> (_ age: Double) -> [Double] {
    switch self {
    case .betaGeometric(let model):
      let life = discount.map {
        model.discountedLife(x: x, smallestDiscount: $0 * (model.alpha + smallestAge))
      }
      return { age in
        var result = horizons.map { model.expectedPurchasesIfAlive(in: $0, x: x, age: age) }
        if let life, let discount {
          result.append(life.discountedPurchases(discount: discount, rate: model.alpha + age))
        }
        return result
      }
    case .pareto(let model):
      return { age in
        let rate = (model.r + x) / (model.alpha + age)
        return horizons.map { model.expectedPurchasesIfAlive(in: $0, x: x, age: age) }
          + (discount.map { [rate * model.discountedLife(discount: $0, age: age)] } ?? [])
      }
    case .betaBernoulli(let model):
      return { n in
        let chance = (model.alpha + x) / (model.alpha + model.beta + n)
        return horizons.map { chance * model.expectedOccasions(in: $0, after: n) }
          + (discount.map { [chance * model.discountedOccasions(discount: $0, after: n)] } ?? [])
      }
    }
  }

  /// For every distinct history: P(alive), and what `future` has, times it.
  func values(
    _ histories: CustomerHistories, horizons: [Double], discount: Double?, threads: Int
  ) async throws -> (alive: [Double], futures: [[Double]]) {
    let work = HistoryChunks(histories.starts, size: 2048)
    let width = horizons.count + (discount == nil ? 0 : 1)
    var alive: [Double] = []
    var futures = [[Double]](repeating: [], count: width)
    try await inOrder(chunks: work.count, threads: threads) { chunk -> ([Double], [[Double]]) in
      var chunkAlive: [Double] = []
      var chunkFutures = [[Double]](repeating: [], count: width)
      for piece in work[chunk] {
        let x = histories.purchases[piece.group]
        let smallest = piece.range.reduce(Double.infinity) { min($0, histories.age[$1]) }
        let future = future(x: x, smallestAge: smallest, horizons: horizons, discount: discount)
        var known: [Double: [Double]] = [:]
        for i in piece.range {
          let age = histories.age[i]
          let probability = probabilityAlive(x: x, lastPurchase: histories.lastPurchase[i], age: age)
          chunkAlive.append(probability)
          let values = known[age] ?? future(age)
          known[age] = values
          for place in 0..<width { chunkFutures[place].append(probability * values[place]) }
        }
      }
      return (chunkAlive, chunkFutures)
    } take: { chunkAlive, chunkFutures in
      alive += chunkAlive
      for place in 0..<width { futures[place] += chunkFutures[place] }
    }
    return (alive, futures)
  }
}
