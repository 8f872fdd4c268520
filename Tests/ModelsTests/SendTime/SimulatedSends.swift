import Foundation
import Models
import TestSupport

/// Customers of two rhythms, known levels, and a marketer who nearly always sends in the morning.
struct SimulatedSends {
  let rows: [SendRow]
  let visits: [(customer: Int32, hour: UInt8)]
  /// P(open) by customer and hour of the day.
  let truth: [[Double]]
  let hours: Int
  let globalBestHour: Int

  init(customers: Int, hours: Int = 24, isMachineSeen: Bool = true, seed: UInt64) {
    var random = SeededRandom(seed: seed)
    func uniform() -> Double { Double.random(in: 0..<1, using: &random) }
    var rows: [SendRow] = []
    var visits: [(customer: Int32, hour: UInt8)] = []
    var truth: [[Double]] = []
    for customer in 0..<customers {
      let peak = uniform() < 0.5 ? 8.0 : 20.0
      let level = -2.4 + 0.6 * (uniform() + uniform() + uniform() - 1.5)
      let curve = (0..<24).map { hour in
        let wave = exp(2 * (cos(2 * .pi * (Double(hour) - peak) / 24) - 1))
        return 1 / (1 + exp(-(level + 2.5 * wave)))
      }
      truth.append(curve)
      let isProxied = isMachineSeen && uniform() < 0.2
      // A fifth was never sent anything, two fifths have no sessions.
      let sends = uniform() < 0.2 ? 0 : Int.random(in: 1...16, using: &random)
      let sessions = uniform() < 0.4 ? 0 : Int.random(in: 1...8, using: &random)
      for _ in 0..<sends {
        let hour = uniform() < 0.7 ? 10 : Int.random(in: 0..<24, using: &random)
        let isMachine = isProxied && uniform() < 0.95
        let isFlagged = isMachine && uniform() < 0.9
        let day = hours == 168 ? Int.random(in: 0..<7, using: &random) : 0
        rows.append(
          SendRow(
            customer: Int32(customer), hour: UInt8(day * 24 + hour), isOpened: uniform() < curve[hour] || isMachine,
            isMachine: isFlagged))
      }
      for _ in 0..<sessions {
        let around = Int((peak + 4 * (uniform() + uniform() - 1)).rounded())
        let hour = uniform() < 0.7 ? (around + 24) % 24 : Int.random(in: 0..<24, using: &random)
        let day = hours == 168 ? Int.random(in: 0..<7, using: &random) : 0
        visits.append((Int32(customer), UInt8(day * 24 + hour)))
      }
    }
    (self.rows, self.visits, self.truth, self.hours) = (rows, visits, truth, hours)
    let sums: [Double] = (0..<24).map { hour in truth.reduce(0) { $0 + $1[hour] } }
    globalBestHour = sums.indices.reduce(0) { sums[$1] > sums[$0] ? $1 : $0 }
  }

  var histories: SendHistories {
    SendHistories(hours: hours, customers: truth.count, sends: rows, sessions: visits, folds: 5)
  }

  /// Mean P(open) over some customers at their hours.
  func value(_ customers: some Collection<Int>, _ hour: (Int) -> Int) -> Double {
    customers.reduce(0) { $0 + truth[$1][hour($1) % 24] } / Double(customers.count)
  }

  func bestHour(of customer: Int) -> Int {
    let curve = truth[customer]
    return curve.indices.reduce(0) { curve[$1] > curve[$0] ? $1 : $0 }
  }
}
