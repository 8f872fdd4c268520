import Foundation
import LinearAlgebra

/// The maximisation step of `SendTimeLearner`, and where it starts from.
struct MaximisationStep {
  var model: SendTimeModel
  private let prior: CircularPrior
  /// The distribution of all sessions over the hours.
  private let everyoneSessions: [Double]

  /// Sessions of everyone that each rhythm counts beside its own, for each hour.
  private static let priorSessions = 2.0
  /// Customers that are spread over all states beside those that are there, for each state.
  private static let priorCustomers = 0.5
  /// Log-odds that one step moves a curve by at most.
  private static let longestStep = 1.0
  /// Below this deviation a rhythm is nothing of its own.
  private static let leastDeviation = 0.05

  init(
    _ histories: SendHistories, without fold: Int?, _ settings: SendTimeLearner.Settings, _ prior: CircularPrior
  ) throws {
    self.prior = prior
    let hours = histories.hours
    let everyone = try Self.everyone(histories, without: fold, prior)
    var visits = Array(repeating: 1.0, count: hours)
    for hour in histories.sessions { visits[Int(hour)] += 1 }
    let allVisits = visits.reduce(0, +)
    everyoneSessions = visits.map { $0 / allVisits }

    // Peaks spread over the day.
    let waves = (0..<settings.rhythms).map { rhythm in
      (0..<hours).map { hour in
        cos(2 * .pi * (Double(hour % 24) / 24 - Double(rhythm) / Double(settings.rhythms)))
      }
    }
    let middle = Double(settings.levels - 1) / 2
    let levels = (0..<settings.levels).map { (Double($0) - middle) * SendTimeLearner.levelStep }
    let weights = levels.map { exp(-0.5 * $0 * $0) }
    let allWeights = weights.reduce(0, +) * Double(settings.rhythms)
    model = SendTimeModel(
      hours: hours, levels: levels,
      shares: Array(repeating: weights.map { $0 / allWeights }, count: settings.rhythms),
      rhythms: waves.map { wave in zip(everyone, wave).map { $0 + 0.8 * $1 } },
      sessionHours: waves.map { [everyoneSessions] wave in
        let raised = zip(everyoneSessions, wave).map { $0 * exp($1) }
        let sum = raised.reduce(0, +)
        return raised.map { $0 / sum }
      },
      everyone: everyone, machineOpenRate: histories.machineSends > 0 ? 0.5 : nil, rhythmDeviation: 0.7,
      logLikelihood: 0, iterations: 0, settings: settings)
  }

  /// Log-odds of an open by hour of all sends together: maximum a posteriori around their mean.
  ///
  /// Customers behind a proxy are left out, unless nobody else ever opened.
  private static func everyone(
    _ histories: SendHistories, without fold: Int?, _ prior: CircularPrior
  ) throws -> [Double] {
    func tally(_ isCounted: (Int) -> Bool) -> (sends: [Double], opens: [Double]) {
      var sends = Array(repeating: 0.0, count: histories.hours)
      var opens = sends
      for customer in 0..<histories.customers where isCounted(customer) {
        for place in histories.sends(of: customer) {
          let send = SendHistories.Send(packed: histories.sends[place])
          guard send.fold != fold else { continue }
          sends[send.hour] += 1
          if send.isOpened { opens[send.hour] += 1 }
        }
      }
      return (sends, opens)
    }
    var (sends, opens) = tally { !histories.isBehindProxy($0) }
    if opens.allSatisfy({ $0 == 0 }) { (sends, opens) = tally { _ in true } }
    let (all, opened) = (sends.reduce(0, +), opens.reduce(0, +))
    let mean = log((opened + 0.5) / (all - opened + 0.5))
    var curve = Array(repeating: mean, count: histories.hours)
    for _ in 0..<20 {
      let probability = curve.map(sigmoid)
      let gradient = (0..<curve.count).map { opens[$0] - sends[$0] * probability[$0] }
      let curvature = (0..<curve.count).map { sends[$0] * probability[$0] * (1 - probability[$0]) }
      _ = try newton(&curve, gradient, curvature, around: Array(repeating: mean, count: curve.count), 1, prior)
    }
    return curve
  }

  /// One Newton step of a binomial likelihood with a Gaussian prior, no longer than `longestStep`.
  ///
  /// - Returns: the inverse of the negative Hessian: the curve's covariance (Laplace).
  private static func newton(
    _ curve: inout [Double], _ gradient: [Double], _ curvature: [Double], around centre: [Double], _ variance: Double,
    _ prior: CircularPrior
  ) throws -> Matrix {
    let pull = prior.times(zip(curve, centre).map { $0 - $1 })
    var hessian = prior.precision
    hessian.withMutableElements { elements in
      for place in 0..<elements.count { elements[place] /= variance }
      for hour in 0..<curvature.count { elements[hour * curvature.count + hour] += curvature[hour] }
    }
    let factor = try Cholesky(hessian)
    let step = try factor.solve((0..<curve.count).map { gradient[$0] - pull[$0] / variance })
    for hour in curve.indices { curve[hour] += min(max(step[hour], -longestStep), longestStep) }
    return try factor.inverse()
  }

  /// The model that these counts make likeliest; the curves one step towards it.
  mutating func maximise(_ counts: SendTimeCounts, _ tables: SendTimeTables, learnsDeviation: Bool) throws {
    shares(counts)
    sessionHours(counts)
    let people = openedByPeople(counts, tables)
    let layout = counts.layout
    var penalty = 0.0
    let variance = model.rhythmDeviation * model.rhythmDeviation
    for rhythm in model.rhythms.indices {
      var gradient = Array(repeating: 0.0, count: layout.hours)
      var curvature = gradient
      for hour in 0..<layout.hours {
        for level in 0..<layout.levels {
          let cell = hour * layout.states + rhythm * layout.levels + level
          let probability = tables.openProbability[cell]
          gradient[hour] += people.opens[cell] - people.sends[cell] * probability
          curvature[hour] += people.sends[cell] * probability * (1 - probability)
        }
      }
      let covariance = try Self.newton(
        &model.rhythms[rhythm], gradient, curvature, around: model.everyone, variance, prior)
      let deviation = zip(model.rhythms[rhythm], model.everyone).map { $0 - $1 }
      penalty += zip(deviation, prior.times(deviation)).reduce(0) { $0 + $1.0 * $1.1 }
      for row in 0..<layout.hours {
        for column in 0..<layout.hours { penalty += covariance[row, column] * prior.precision[row, column] }
      }
    }
    if learnsDeviation {
      model.rhythmDeviation = max(
        Self.leastDeviation, (penalty / Double(layout.rhythms * layout.hours)).squareRoot())
    }
  }

  /// Expected sends, and opens by people, by hour and state; learns the machines' rate on the way.
  private mutating func openedByPeople(
    _ counts: SendTimeCounts, _ tables: SendTimeTables
  ) -> (sends: [Double], opens: [Double]) {
    let layout = counts.layout
    let machine = model.machineOpenRate ?? 0
    var sends = Array(repeating: 0.0, count: layout.cells)
    var opens = sends
    var (machineOpens, proxied) = (0.0, 0.0)
    let places = SendTimeLayout.Outcome.allCases.map { layout.sends($0, 0) }
    for cell in 0..<layout.cells {
      let (unopened, opened) = (counts.values[places[0] + cell], counts.values[places[1] + cell])
      let (unopenedProxied, openedProxied) = (counts.values[places[2] + cell], counts.values[places[3] + cell])
      let probability = tables.openProbability[cell]
      let either = 1 - (1 - machine) * (1 - probability)
      sends[cell] = unopened + opened + unopenedProxied + openedProxied
      opens[cell] = opened + openedProxied * probability / either
      machineOpens += openedProxied * machine / either
      proxied += unopenedProxied + openedProxied
    }
    if model.machineOpenRate != nil { model.machineOpenRate = (machineOpens + 1) / (proxied + 2) }
    return (sends, opens)
  }

  private mutating func shares(_ counts: SendTimeCounts) {
    let (rhythms, levels) = (counts.layout.rhythms, counts.layout.levels)
    let customers = (0..<rhythms).map { Array(counts.values[($0 * levels)..<(($0 + 1) * levels)]) }
    let byRhythm = customers.map { $0.reduce(1, +) }
    let byLevel = (0..<levels).map { level in customers.reduce(1) { $0 + $1[level] } }
    let (all, allLevels) = (byRhythm.reduce(0, +), byLevel.reduce(0, +))
    let spread = Self.priorCustomers * Double(rhythms * levels)
    var sum = 0.0
    for rhythm in 0..<rhythms {
      for level in 0..<levels {
        let prior = spread * byRhythm[rhythm] / all * byLevel[level] / allLevels
        model.shares[rhythm][level] = customers[rhythm][level] + prior
        sum += model.shares[rhythm][level]
      }
    }
    for rhythm in 0..<rhythms { model.shares[rhythm] = model.shares[rhythm].map { $0 / sum } }
  }

  /// Hours of the day first; a week's hours are drawn towards them, spread over the days as everyone's.
  private mutating func sessionHours(_ counts: SendTimeCounts) {
    let layout = counts.layout
    var everyoneByHour = Array(repeating: 0.0, count: 24)
    for hour in 0..<layout.hours { everyoneByHour[hour % 24] += everyoneSessions[hour] }
    for rhythm in 0..<layout.rhythms {
      var byHour = everyoneByHour.map { $0 * 24 * Self.priorSessions }
      for hour in 0..<layout.hours { byHour[hour % 24] += counts.values[layout.sessions(hour) + rhythm] }
      let all = byHour.reduce(0, +)
      let ofDay = byHour.map { $0 / all }
      guard layout.hours > 24 else {
        model.sessionHours[rhythm] = ofDay
        continue
      }
      let week = (0..<layout.hours).map { hour in
        counts.values[layout.sessions(hour) + rhythm]
          + Double(layout.hours) * Self.priorSessions * ofDay[hour % 24] * everyoneSessions[hour]
          / everyoneByHour[hour % 24]
      }
      let sum = week.reduce(0, +)
      model.sessionHours[rhythm] = week.map { $0 / sum }
    }
  }
}
