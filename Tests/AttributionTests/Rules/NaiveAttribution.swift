import Attribution
import Foundation

/// Row by row, path by path, in doubles: what the kernel must agree with.
struct NaiveAttribution {
  struct Path {
    var keys: [String]
    var conversions: Double
    var revenue: Double
    var nulls: Double
    /// Microseconds before the conversion.
    var ages: [Int64] = []
  }

  struct Credit: Equatable { var conversions = 0.0, revenue = 0.0 }

  var paths: [Path] = []

  init(paths: [Path]) { self.paths = paths }

  /// - Parameters:
  ///   - events: of one customer after the other or mixed, each customer's in order of arrival.
  ///   - key: of a touch, nil for an event that is none.
  init(
    _ events: [TestEvent], conversion: String, lookback: Int64, journeyScope: Bool,
    period: ClosedRange<Int64> = .min ... .max, key: (TestEvent) -> String?
  ) {
    for customer in Set(events.map(\.customer)).sorted() {
      let own = events.enumerated().filter { $0.element.customer == customer && $0.element.time <= period.upperBound }
      func rank(_ event: (offset: Int, element: TestEvent)) -> (Int64, Int, Int) {
        (event.element.time, event.element.type == conversion ? 1 : 0, event.offset)
      }
      let sorted = own.sorted { rank($0) < rank($1) }.map(\.element)
      let touches = sorted.filter { $0.type != conversion && key($0) != nil }
      var previous = 0
      func addNull(_ range: Range<Int>) {
        guard !range.isEmpty, touches[range.upperBound - 1].time >= period.lowerBound else { return }
        paths.append(Path(keys: range.map { key(touches[$0])! }, conversions: 0, revenue: 0, nulls: 1))
      }
      for event in sorted where event.type == conversion {
        let before = touches.count { $0.time <= event.time }
        let old = touches.count { $0.time < event.time - lookback }
        addNull(previous..<max(previous, old))
        let start = journeyScope ? max(old, previous) : old
        previous = before
        guard event.time >= period.lowerBound else { continue }
        paths.append(
          Path(
            keys: (start..<max(start, before)).map { key(touches[$0])! }, conversions: 1,
            revenue: Double(event.amount ?? 0) / 100, nulls: 0,
            ages: (start..<max(start, before)).map { event.time - touches[$0].time }))
      }
      addNull(previous..<touches.count)
    }
  }

  var journeys: Double { paths.reduce(0) { $0 + $1.conversions + $1.nulls } }

  var unattributed: Credit { credit { $0.keys.isEmpty ? [("", 1)] : [] }[""] ?? Credit() }

  /// The rules, and first-order Markov; nil for what has a twin of its own.
  func credits(_ model: AttributionModel) -> [String: Credit]? {
    func shares(_ weights: [Double]) -> [Double] { weights.map { $0 / weights.reduce(0, +) } }
    return switch model {
    case .first: credit { $0.keys.first.map { [($0, 1)] } ?? [] }
    case .last: credit { $0.keys.last.map { [($0, 1)] } ?? [] }
    case .lastNonDirect:
      credit { path in
        (path.keys.last { !$0.split(separator: "/").contains("direct") } ?? path.keys.last).map { [($0, 1)] } ?? []
      }
    case .linear: credit { path in path.keys.map { ($0, 1 / Double(path.keys.count)) } }
    case .linearUnique: credit { path in Set(path.keys).map { ($0, 1 / Double(Set(path.keys).count)) } }
    case .participation: credit { path in Set(path.keys).map { ($0, 1) } }
    case .position:
      credit { path in
        let (first, last, n) = (0.4, 0.4, path.keys.count)
        let weights =
          n < 3
          ? shares([first, last].prefix(n) + [])
          : path.keys.indices.map { $0 == 0 ? first : $0 == n - 1 ? last : (1 - first - last) / Double(n - 2) }
        return Array(zip(path.keys, n == 1 ? [1] : weights))
      }
    case .timeDecay:
      credit { path in Array(zip(path.keys, shares(path.ages.map { exp2(-Double($0) / Double(7 * day)) }))) }
    case .decaySteps:
      credit { path in
        Array(zip(path.keys, shares(path.keys.indices.map { exp2(Double($0 - path.keys.count + 1)) })))
      }
    case .markov: markov.credits
    default: nil
    }
  }

  private func credit(_ rule: (Path) -> [(String, Double)]) -> [String: Credit] {
    var credits: [String: Credit] = [:]
    for path in paths {
      for (key, weight) in rule(path) {
        credits[key, default: Credit()].conversions += weight * path.conversions
        credits[key, default: Credit()].revenue += weight * path.revenue
      }
    }
    return credits
  }

  /// One solve for each removed key, by fixed-point iteration: slow, and nothing of it is shared with the product.
  var markov: (credits: [String: Credit], effects: [String: Credit], probability: Double) {
    var out: [String: [String: Double]] = [:]
    var won: [String: Credit] = [:]
    for path in paths where !path.keys.isEmpty && path.conversions + path.nulls > 0 {
      let states = path.keys.reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }
      let weight = path.conversions + path.nulls
      for (from, to) in zip(["(start)"] + states, states) { out[from, default: [:]][to, default: 0] += weight }
      out[states.last!, default: [:]]["(conversion)", default: 0] += path.conversions
      out[states.last!, default: [:]]["(null)", default: 0] += path.nulls
      won[states.last!, default: Credit()].conversions += path.conversions
      won[states.last!, default: Credit()].revenue += path.revenue
    }
    let names = out.keys.filter { $0 != "(start)" }
    func expected(without removed: String?, _ reward: (String) -> Double) -> Double {
      var worth: [String: Double] = [:]
      for _ in 0..<10_000 {
        var change = 0.0
        for (from, row) in out where from != removed {
          let sum = row.values.reduce(0, +)
          let next = row.reduce(0) { total, arc in
            let value = arc.key == "(conversion)" ? reward(from) : arc.key == removed ? 0 : worth[arc.key] ?? 0
            return total + arc.value / sum * value
          }
          change = max(change, abs(next - (worth[from] ?? 0)))
          worth[from] = next
        }
        if change < 1e-16 { break }
      }
      return worth["(start)"] ?? 0
    }
    func mean(_ state: String) -> Double {
      let credit = won[state] ?? Credit()
      return credit.conversions > 0 ? credit.revenue / credit.conversions : 0
    }
    var effects: [String: Credit] = [:]
    let (all, allRevenue) = (expected(without: nil) { _ in 1 }, expected(without: nil, mean))
    for name in names {
      effects[name] = Credit(
        conversions: all > 0 ? 1 - expected(without: name) { _ in 1 } / all : 0,
        revenue: allRevenue > 0 ? 1 - expected(without: name, mean) / allRevenue : 0)
    }
    let sum = effects.values.reduce(into: Credit()) {
      $0.conversions += $1.conversions
      $0.revenue += $1.revenue
    }
    let total = paths.reduce(into: Credit()) {
      if $1.keys.isEmpty { return }
      $0.conversions += $1.conversions
      $0.revenue += $1.revenue
    }
    let credits = effects.mapValues {
      Credit(
        conversions: sum.conversions > 0 ? $0.conversions / sum.conversions * total.conversions : 0,
        revenue: sum.revenue > 0 ? $0.revenue / sum.revenue * total.revenue : 0)
    }
    return (credits, effects, all)
  }
}
