import Attribution

extension NamedPaths {
  init(_ rows: [(path: String, conversions: Double, revenue: Double, nulls: Double)]) {
    self.init()
    for row in rows { add(row.path, row.conversions, row.revenue, nulls: row.nulls) }
  }
}

extension PathTable {
  /// Journeys drawn one by one.
  ///
  /// - Parameter next: of the keys so far, the next one or nil for the end, and then whether it is a conversion.
  static func drawn(
    _ journeys: Int, keys: Int, _ random: inout TestRandom,
    next: ([Int32], inout TestRandom) -> (key: Int32?, converts: Bool)
  ) -> PathTable {
    var rows: [TestPath] = []
    for _ in 0..<journeys {
      var steps: [Int32] = []
      var end = next(steps, &random)
      while let key = end.key {
        steps.append(key)
        end = next(steps, &random)
      }
      rows.append(
        TestPath(steps, end.converts ? 1 : 0, end.converts ? Double(steps.count) : 0, nulls: end.converts ? 0 : 1))
    }
    return PathTable(rows, keys: keys)
  }
}

/// Removal effects by their definition, one fixed point for each key; loops to the same state are kept.
struct NaiveMarkov {
  var probability = 0.0
  var conversions: [Double] = []
  var revenue: [Double] = []

  init(_ paths: NamedPaths, order: Int, withNulls: Bool = true) {
    struct State { var out: [[Int32]: Double] = [:], conversions = 0.0, revenue = 0.0, nulls = 0.0 }
    let start: [Int32] = []
    var states: [[Int32]: State] = [:]
    for row in paths.rows {
      let nulls = withNulls ? row.nulls : 0
      let weight = row.credit.conversions + nulls
      guard weight > 0 else { continue }
      let windows =
        row.steps.count < order ? [row.steps] : (0...row.steps.count - order).map { Array(row.steps[$0..<$0 + order]) }
      for (from, to) in zip([start] + windows, windows) {
        states[from, default: State()].out[to, default: 0] += weight
      }
      states[windows.last!, default: State()].conversions += row.credit.conversions
      states[windows.last!, default: State()].revenue += row.credit.revenue
      states[windows.last!, default: State()].nulls += nulls
    }
    func expected(without key: Int32?) -> (conversions: Double, revenue: Double) {
      var value: [[Int32]: (conversions: Double, revenue: Double)] = [:]
      while true {
        var change = 0.0
        for (name, state) in states where key.map({ !name.contains($0) }) ?? true {
          let sum = state.out.values.reduce(state.conversions + state.nulls, +)
          var conversions = state.conversions / sum
          var revenue = state.conversions > 0 ? state.revenue / sum : 0
          for (next, weight) in state.out {
            conversions += weight / sum * (value[next]?.conversions ?? 0)
            revenue += weight / sum * (value[next]?.revenue ?? 0)
          }
          change = max(change, abs(conversions - (value[name]?.conversions ?? 0)))
          change = max(change, abs(revenue - (value[name]?.revenue ?? 0)))
          value[name] = (conversions, revenue)
        }
        if change < 1e-16 { return value[start] ?? (0, 0) }
      }
    }
    let all = expected(without: nil)
    probability = all.conversions
    for key in paths.names.indices {
      let left = expected(without: Int32(key))
      conversions.append(all.conversions > 0 ? 1 - left.conversions / all.conversions : 0)
      revenue.append(all.revenue > 0 ? 1 - left.revenue / all.revenue : 0)
    }
  }
}
