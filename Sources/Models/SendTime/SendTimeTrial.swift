import Foundation

/// Held-out sends that went out at the hour that a policy, or everyone's best hour, would have chosen.
struct SendTimeTrial {
  struct Match {
    let customer: Int32
    let fold: Int32
    /// Sends that the customer's hour was learnt from.
    let history: Int32
    let isOpened: Bool
    let isPolicy: Bool
    let isCommon: Bool
    let weight: Double
  }

  private let policy: SendPolicy?
  /// Inverse shares of all sends by hour; 0 for hours that were never tried.
  private let weights: [Double]
  private var matches: [Match] = []
  /// P(what was held out is seen as opened), by the model and by the curve of everyone, and whether it was.
  private(set) var predicted: [Double] = []
  private(set) var predictedOfEveryone: [Double] = []
  private(set) var labels: [UInt8] = []
  private var tried = (yes: 0, all: 0)

  /// Holds out part after part of the sends and learns without it.
  ///
  /// - Parameter policy: closed hours are not chosen; nil when all are open.
  /// - Throws: what `SendTimeLearner.fit` and `progress` throw; `.untrainable` when the parts hold no sends.
  init(
    _ histories: SendHistories, holding folds: Range<Int>, learner: SendTimeLearner, policy: SendPolicy?,
    progress: (_ done: Int) throws -> Void = { _ in }
  ) async throws {
    self.policy = policy
    var byHour = Array(repeating: 0, count: histories.hours)
    for send in histories.sends { byHour[SendHistories.Send(packed: send).hour] += 1 }
    weights = byHour.map { $0 > 0 ? Double(histories.sends.count) / Double($0) : 0 }
    for fold in folds {
      add(histories, fold, try await learner.fit(histories, without: fold))
      try progress(fold - folds.lowerBound + 1)
    }
    guard !labels.isEmpty else {
      throw ModelError(.untrainable, "send-time: there is no send to hold out; give a longer history")
    }
  }

  /// Mean over the held-out sends.
  func logLoss(_ probabilities: [Double]) -> Double {
    zip(probabilities, labels).reduce(0) { $0 - log($1.1 == 1 ? $1.0 : 1 - $1.0) } / Double(labels.count)
  }

  var triedHours: Double { Double(tried.yes) / Double(max(tried.all, 1)) }

  /// Holds the sends of a part against a model that was learnt without them.
  private mutating func add(_ histories: SendHistories, _ fold: Int, _ model: SendTimeModel) {
    let forecaster = SendTimeForecaster(model)
    let common = policy?.bestHour(model.everyone.map(sigmoid)) ?? SendTimeForecaster.best(model.everyone)
    for customer in 0..<histories.customers {
      let rows = histories.sends(of: customer).map { SendHistories.Send(packed: histories.sends[$0]) }
      let held = rows.filter { $0.fold == fold }
      guard !held.isEmpty else { continue }
      for forecast in forecaster.forecasts(of: CollectionOfOne(customer), in: histories, without: fold) {
        let chosen = policy?.bestHour(forecast.probabilities) ?? forecast.hour
        tried.all += 1
        if weights[chosen] > 0 { tried.yes += 1 }
        let machine = histories.isBehindProxy(customer) ? model.machineOpenRate ?? 0 : 0
        for send in held {
          let (isPolicy, isCommon) = (send.hour == chosen, send.hour == common)
          predicted.append(1 - (1 - machine) * (1 - forecast.probabilities[send.hour]))
          predictedOfEveryone.append(1 - (1 - machine) * (1 - sigmoid(model.everyone[send.hour])))
          labels.append(send.isOpened ? 1 : 0)
          guard isPolicy || isCommon else { continue }
          matches.append(
            Match(
              customer: Int32(customer), fold: Int32(fold), history: Int32(rows.count - held.count),
              isOpened: send.isOpened, isPolicy: isPolicy, isCommon: isCommon, weight: weights[send.hour]))
        }
      }
    }
  }

  /// The rate of the matches of one policy.
  private struct Rate {
    var value = 0.0
    var weight = 0.0
    var matches = 0
    /// Sends of equal weight that they are worth (Kish).
    var effective = 0.0

    init(_ matches: some Sequence<Match>) {
      var (opens, squares) = (0.0, 0.0)
      for match in matches {
        weight += match.weight
        squares += match.weight * match.weight
        if match.isOpened { opens += match.weight }
        self.matches += 1
      }
      guard weight > 0 else { return }
      value = opens / weight
      effective = weight * weight / squares
    }

    /// The least variance that so many sends can have: two opened and two unopened beside them (Agresti & Coull 1998),
    /// because of a few that were all opened, or none, the linearised one is 0.
    var leastVariance: Double {
      let rate = (value * effective + 2) / (effective + 4)
      return rate * (1 - rate) / (effective + 4)
    }
  }

  /// Fewer effective sends than this say nothing.
  private static let fewest = 10.0

  /// Both policies on some of the matches; nil when one of them has too few.
  func comparison(_ isCounted: (Match) -> Bool) -> SendTimeEvaluation.Comparison? {
    let counted = matches.filter(isCounted).sorted { $0.customer < $1.customer }
    let (policy, common) = (Rate(counted.lazy.filter(\.isPolicy)), Rate(counted.lazy.filter(\.isCommon)))
    guard policy.effective >= Self.fewest, common.effective >= Self.fewest else { return nil }
    // Each customer's influence on either ratio and on their difference.
    var variances = (policy: 0.0, common: 0.0, gain: 0.0)
    var place = 0
    while place < counted.count {
      let customer = counted[place].customer
      var (ofPolicy, ofCommon) = (0.0, 0.0)
      while place < counted.count, counted[place].customer == customer {
        let match = counted[place]
        let opened = match.isOpened ? 1.0 : 0.0
        if match.isPolicy { ofPolicy += match.weight * (opened - policy.value) / policy.weight }
        if match.isCommon { ofCommon += match.weight * (opened - common.value) / common.weight }
        place += 1
      }
      variances.policy += ofPolicy * ofPolicy
      variances.common += ofCommon * ofCommon
      variances.gain += (ofPolicy - ofCommon) * (ofPolicy - ofCommon)
    }
    // What both policies share cancels in the difference.
    let shared = Rate(counted.lazy.filter { $0.isPolicy && $0.isCommon }).weight
    let apart = 1 - shared / (policy.weight + common.weight - shared)
    let (least, leastCommon) = (policy.leastVariance, common.leastVariance)
    return SendTimeEvaluation.Comparison(
      policy: .init(policy.value, variance: max(variances.policy, least)),
      globalBestHour: .init(common.value, variance: max(variances.common, leastCommon)),
      gain: .init(
        policy.value - common.value, variance: max(variances.gain, max(0, apart) * (least + leastCommon))),
      matchedSends: policy.matches, effectiveSends: policy.effective)
  }
}
