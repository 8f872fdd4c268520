/// What the expectation step adds up: expected customers, sessions and sends, as `SendTimeLayout` has them.
struct SendTimeCounts: Sendable {
  var logLikelihood = 0.0
  private(set) var values: [Double]
  let layout: SendTimeLayout

  init(_ layout: SendTimeLayout) {
    self.layout = layout
    values = Array(repeating: 0, count: layout.size)
  }

  mutating func add(
    _ customers: ArraySlice<Int>, of histories: SendHistories, without fold: Int?, _ tables: SendTimeTables
  ) {
    let layout = layout
    let (states, rhythms, levels) = (layout.states, layout.rhythms, layout.levels)
    let excluded = fold ?? -1
    var sum = 0.0
    values.withUnsafeMutableBufferPointer { values in
      histories.withRows { sends, sessions in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: rhythms) { shares in
          tables.posteriors(of: customers, in: histories, without: fold) { customer, posterior, logLikelihood in
            sum += logLikelihood
            for state in 0..<states { values[state] += posterior[state] }
            for rhythm in 0..<rhythms {
              shares[rhythm] = 0
              for state in (rhythm * levels)..<((rhythm + 1) * levels) { shares[rhythm] += posterior[state] }
            }
            for place in histories.sessions(of: customer) {
              let row = layout.sessions(Int(sessions[place]))
              for rhythm in 0..<rhythms { values[row + rhythm] += shares[rhythm] }
            }
            let isBehindProxy = histories.isBehindProxy(customer)
            for place in histories.sends(of: customer) {
              let send = SendHistories.Send(packed: sends[place])
              if send.fold == excluded { continue }
              let outcome = SendTimeLayout.Outcome.place(isOpened: send.isOpened, isBehindProxy: isBehindProxy)
              let row = layout.sends(outcome, send.hour)
              for state in 0..<states { values[row + state] += posterior[state] }
            }
          }
        }
      }
    }
    logLikelihood += sum
  }

  /// Adds the counts of later customers.
  mutating func add(_ later: SendTimeCounts) {
    logLikelihood += later.logLikelihood
    for place in values.indices { values[place] += later.values[place] }
  }
}
