import Attribution

/// The definition of funnels, written down without a thought for speed: every list of a customer's events is gone
/// through for all of its chains.
struct NaiveFunnel {
  /// How far a customer came: by step, the time at which he took it.
  struct Outcome: Equatable {
    var times: [Int: Int64] = [:]
    var isExcluded = false
    /// That of the step that got furthest, on which equals are told apart.
    var last: Int64 { times.values.max() ?? 0 }
  }

  private struct Chain {
    var start: Int64
    var times: [Int: Int64]
    var events: [Int]
    var last: Int64
    var isExcluded = false
  }

  let query: FunnelQuery

  init(_ query: FunnelQuery) { self.query = query }

  /// By customer, those who did any step.
  func furthest(_ events: [TestEvent]) -> [String: Outcome] {
    var furthest: [String: Outcome] = [:]
    for (customer, own) in journeys(events) {
      let outcome = best(lists(own).map { run($0) })
      if !outcome.times.isEmpty { furthest[customer] = outcome }
    }
    return furthest
  }

  /// By customer, his events of the period in order.
  func journeys(_ events: [TestEvent]) -> [String: [TestEvent]] {
    Dictionary(grouping: events, by: \.customer).mapValues { own in
      own.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
        .filter { query.period?.contains($0.time) ?? true }
    }
  }

  /// The events by the value of what is held constant.
  func lists(_ events: [TestEvent]) -> [[TestEvent]] {
    guard let name = query.constants.first else { return [events] }
    return Dictionary(grouping: events.filter { $0.data[name] != nil }) { $0.data[name]! }.sorted { $0.key < $1.key }
      .map(\.value)
  }

  func best(_ outcomes: [Outcome]) -> Outcome {
    let counted = outcomes.filter { !$0.isExcluded && !$0.times.isEmpty }
    let most = counted.map(completed).max() ?? 0
    func times(_ outcome: Outcome) -> [Int64] { [outcome.last] + outcome.times.sorted { $0.key < $1.key }.map(\.value) }
    return counted.filter { completed($0) == most }.min { times($0).lexicographicallyPrecedes(times($1)) } ?? Outcome()
  }

  func completed(_ outcome: Outcome) -> Int { outcome.times.keys.count { !query.steps[$0].isOptional } }

  func isStep(_ event: TestEvent, _ step: Int) -> Bool {
    query.steps[step].match.contains { $0.event == nil || $0.event == event.type }
  }

  /// - Parameter start: the place of the only event that may begin a chain.
  func run(_ events: [TestEvent], onlyFrom start: Int? = nil) -> Outcome {
    query.mode == .unordered ? unordered(events, onlyFrom: start) : ordered(events, onlyFrom: start)
  }

  private func ordered(_ events: [TestEvent], onlyFrom start: Int?) -> Outcome {
    let count = query.steps.count
    // All chains that stand at a step, oldest first.
    var chains = [[Chain]](repeating: [], count: count)
    var (best, bestStep) = (Outcome(), -1)
    var bestStart: Int64 = 0
    func isLive(_ chain: Chain, _ time: Int64) -> Bool { time - chain.start <= query.window }

    func extend(_ place: Int, to step: Int, onlyOnce: Bool) {
      let time = events[place].time
      var next = Chain(start: time, times: [step: time], events: [place], last: time)
      if step == 0 {
        if let start, start != place {
          if query.mode == .strict { chains[0] = [] }
          return
        }
        if chains[0].last?.start == time { return }
      } else {
        var previous = step - 1
        var found: Chain?
        while true {
          found = chains[previous].last { $0.last <= time - query.steps[step].gap || query.steps[step].gap == 0 }
          if let chain = found, isLive(chain, time) { break }
          found = nil
          guard previous > 0, query.steps[previous].isOptional else { break }
          previous -= 1
        }
        guard let chain = found, time - chain.last <= query.steps[step].within ?? Int64.max,
          query.steps.contains(where: { $0.within != nil }) || chains[step].last?.start != chain.start,
          !(onlyOnce && chain.events.contains(place)), !(chain.isExcluded && query.exclusionRule == .stopChain)
        else { return }
        next = Chain(
          start: chain.start, times: chain.times.merging([step: time]) { $1 }, events: chain.events + [place],
          last: time, isExcluded: chain.isExcluded)
      }
      if !next.isExcluded { chains[step].append(next) }
      if step > bestStep || step == bestStep && best.isExcluded {
        (best, bestStep) = (Outcome(times: next.times, isExcluded: next.isExcluded), step)
        bestStart = next.start
      }
    }
    func exclude(_ place: Int) {
      for exclusion in query.exclusions where exclusion.match.contains(where: { $0.event == events[place].type }) {
        for step in exclusion.from..<exclusion.to {
          guard let chain = chains[step].last, isLive(chain, events[place].time), !chain.isExcluded,
            chains[step + 1].last?.start != chain.start
          else { continue }
          for index in chains[step].indices { chains[step][index].isExcluded = true }
          if query.exclusionRule == .dropCustomer && bestStep == step
            && events[place].time - bestStart <= query.window
          {
            best.isExcluded = true
          }
        }
      }
    }
    func signature(_ place: Int) -> [Bool] {
      (0..<count).map { isStep(events[place], $0) }
        + query.exclusions.map { $0.match.contains { $0.event == events[place].type } }
    }

    let matters = events.indices.filter { query.mode == .strict || signature($0).contains(true) }
    for time in Set(matters.map { events[$0].time }).sorted() {
      let group = matters.filter { events[$0].time == time }
      if let start, time > events[start].time {
        if time - events[start].time > query.window { break }
        if query.mode == .strict && chains.allSatisfy(\.isEmpty) { break }
      }
      let groups = query.sameInstant == .stepOrder ? [group] : group.map { [$0] }
      for group in groups {
        if Set(group.map(signature)).count <= 1 {
          for place in group {
            exclude(place)
            for step in (0..<count).reversed() where isStep(events[place], step) {
              extend(place, to: step, onlyOnce: false)
            }
            if query.mode == .strict { for step in 0..<count where !isStep(events[place], step) { chains[step] = [] } }
          }
        } else {
          for step in 0..<count {
            for place in group where isStep(events[place], step) { extend(place, to: step, onlyOnce: true) }
          }
        }
        if bestStep == count - 1 && !best.isExcluded { return best }
      }
    }
    return best.isExcluded ? Outcome(isExcluded: true) : best
  }

  /// Every way to let events serve steps.
  private func unordered(_ events: [TestEvent], onlyFrom only: Int?) -> Outcome {
    var best: [Int64] = []
    for start in only.map({ [$0] }) ?? Array(events.indices) {
      for own in query.steps.indices where isStep(events[start], own) {
        func serve(_ step: Int, _ used: [Int]) {
          if step == query.steps.count {
            let times = used.map { events[$0].time }.sorted()
            let isFirst = times.count > best.count
            // Of the ways from one beginning the earliest, of beginnings the first.
            if isFirst || times.count == best.count && times[0] == best[0] && times.lexicographicallyPrecedes(best) {
              best = times
            }
            return
          }
          serve(step + 1, used)
          if step == own { return }
          for place in events.indices
          where events[place].time > events[start].time
            && events[place].time - events[start].time <= query.window && isStep(events[place], step)
            && !used.contains(place)
          {
            serve(step + 1, used + [place])
          }
        }
        serve(0, [start])
      }
    }
    return Outcome(times: Dictionary(uniqueKeysWithValues: best.enumerated().map { ($0, $1) }))
  }
}
