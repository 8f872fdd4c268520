import Foundation

/// A model as the table that its likelihood adds up.
struct SendTimeTables: Sendable {
  let layout: SendTimeLayout
  /// P(a person opens) by hour and state.
  let openProbability: [Double]
  /// Logarithms: shares of states, sessions times their weight, outcomes of sends.
  private let table: [Double]

  init(_ model: SendTimeModel) {
    layout = SendTimeLayout(hours: model.hours, rhythms: model.rhythms.count, levels: model.levels.count)
    var open: [Double] = []
    var table = model.shares.flatMap { $0.map { log(max($0, 1e-300)) } }
    for hour in 0..<model.hours {
      table += model.sessionHours.map { model.settings.sessionWeight * log(max($0[hour], 1e-300)) }
      for rhythm in model.rhythms { open += model.levels.map { sigmoid(rhythm[hour] + $0) } }
    }
    // Log-odds of 20 and more would make an impossible event of an unlikely one.
    open = open.map { min(max($0, 1e-9), 1 - 1e-9) }
    for machine in [0, min(model.machineOpenRate ?? 0, 1 - 1e-6)] {
      table += open.map { log1p(-machine) + log1p(-$0) }
      table += open.map { log(1 - (1 - machine) * (1 - $0)) }
    }
    openProbability = open
    self.table = table
  }

  /// Calls `body` with the posterior distribution of each customer over the states and the log-likelihood of what was
  /// seen of them.
  ///
  /// - Parameters:
  ///   - customers: places of customers, visited in this order.
  ///   - fold: sends of this part are not looked at.
  /// - Cost: a row of states for each send, a row of rhythms for each session, one exp for each state.
  func posteriors(
    of customers: some Sequence<Int>, in histories: SendHistories, without fold: Int?,
    _ body: (_ customer: Int, _ posterior: UnsafeBufferPointer<Double>, _ logLikelihood: Double) -> Void
  ) {
    let layout = layout
    let (states, rhythms, levels) = (layout.states, layout.rhythms, layout.levels)
    let excluded = fold ?? -1
    withUnsafeTemporaryAllocation(of: Double.self, capacity: states + rhythms) { buffer in
      let weights = UnsafeMutableBufferPointer(rebasing: buffer[..<states])
      let visits = UnsafeMutableBufferPointer(rebasing: buffer[states...])
      table.withUnsafeBufferPointer { table in
        histories.withRows { sends, sessions in
          for customer in customers {
            for rhythm in 0..<rhythms { visits[rhythm] = 0 }
            for place in histories.sessions(of: customer) {
              let row = layout.sessions(Int(sessions[place]))
              for rhythm in 0..<rhythms { visits[rhythm] += table[row + rhythm] }
            }
            for rhythm in 0..<rhythms {
              for state in (rhythm * levels)..<((rhythm + 1) * levels) {
                weights[state] = table[state] + visits[rhythm]
              }
            }
            let isBehindProxy = histories.isBehindProxy(customer)
            for place in histories.sends(of: customer) {
              let send = SendHistories.Send(packed: sends[place])
              if send.fold == excluded { continue }
              let outcome = SendTimeLayout.Outcome.place(isOpened: send.isOpened, isBehindProxy: isBehindProxy)
              let row = layout.sends(outcome, send.hour)
              for state in 0..<states { weights[state] += table[row + state] }
            }
            body(customer, UnsafeBufferPointer(weights), Self.normalise(weights))
          }
        }
      }
    }
  }

  /// Logarithms to a distribution.
  ///
  /// - Returns: the logarithm of the sum of what they stand for.
  private static func normalise(_ weights: UnsafeMutableBufferPointer<Double>) -> Double {
    var largest = -Double.infinity
    for weight in weights { largest = max(largest, weight) }
    var sum = 0.0
    for state in weights.indices {
      let difference = weights[state] - largest
      let weight = difference > -40 ? exp(difference) : 0
      weights[state] = weight
      sum += weight
    }
    let scale = 1 / sum
    for state in weights.indices { weights[state] *= scale }
    return largest + log(sum)
  }
}
