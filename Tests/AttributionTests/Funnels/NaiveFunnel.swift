import Attribution

/// The definition of an ordered funnel, written down without a thought for speed.
struct NaiveFunnel {
  private struct Chain: Equatable {
    var start: Int64
    var times: [Int64]
    var events: [Int]
  }

  /// By customer: the times of the chain that first got furthest.
  var furthest: [String: [Int64]] = [:]

  init(_ events: [TestEvent], _ query: FunnelQuery) {
    for (customer, own) in Dictionary(grouping: events, by: \.customer) {
      let sorted = own.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        .map(\.element).filter { query.period?.contains($0.time) ?? true }
      let times = Self.best(sorted, query)
      if !times.isEmpty { furthest[customer] = times }
    }
  }

  private static func best(_ events: [TestEvent], _ query: FunnelQuery) -> [Int64] {
    func steps(_ place: Int) -> [Int] {
      query.steps.indices.filter { step in query.steps[step].match.contains { $0.event == nil || $0.event == events[place].type } }
    }
    var chains = [Chain?](repeating: nil, count: query.steps.count)
    var best: [Int64] = []
    func extend(_ place: Int, to step: Int, onlyOnce: Bool) {
      let time = events[place].time
      var next = Chain(start: time, times: [time], events: [place])
      if step > 0 {
        guard let chain = chains[step - 1], time - chain.start <= query.window else { return }
        if onlyOnce && chain.events.contains(place) { return }
        next = Chain(start: chain.start, times: chain.times + [time], events: chain.events + [place])
      }
      guard chains[step]?.start != next.start else { return }
      chains[step] = next
      if step + 1 > best.count { best = next.times }
    }
    for time in Set(events.map(\.time)).sorted() where best.count < query.steps.count {
      let group = events.indices.filter { events[$0].time == time && !steps($0).isEmpty }
      if Set(group.map(steps)).count <= 1 {
        for place in group { for step in steps(place).reversed() { extend(place, to: step, onlyOnce: false) } }
      } else {
        for step in query.steps.indices {
          for place in group where steps(place).contains(step) { extend(place, to: step, onlyOnce: true) }
        }
      }
    }
    return best
  }
}
