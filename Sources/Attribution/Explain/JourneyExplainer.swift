import Journeys

/// Shows one journey as the models see it.
///
/// A rule divides a conversion among its touches by itself. The Markov chain's credit is one of all journeys: here a
/// touch gets the removal effect of its key in proportion to those of the path's other touches. A Shapley value of
/// subset conversions is one over the path's distinct keys, divided over a key's touches. The other models are fitted
/// to all journeys, and do not say whose touch it was.
public struct JourneyExplainer: Sendable {
  private let query: AttributionQuery
  private let keys: TouchKeys
  private let roles: EventRoles
  private let isWanted: [Bool]

  /// - Throws: as `JourneyAttribution`.
  public init(_ query: AttributionQuery, of store: JourneyStore) throws(AttributionError) {
    self.query = query
    keys = try TouchKeys(query.dimensions, store)
    roles = EventRoles(try TouchSelection.roles(query, store))
    isWanted = try TouchSelection.wanted(query.campaigns, store)
  }

  /// - Parameter results: of all journeys, for the models that need them.
  /// - Throws: `.unknownName` for a customer whom the store does not have.
  public func explain(
    _ customer: String, in store: JourneyStore, _ results: [AttributionResult]
  ) throws(AttributionError) -> JourneyExplanation {
    guard let place = store.customerIndex(of: customer) else {
      throw AttributionError(
        .unknownName, "explain: journey store \(store.directory.path) has no journey of this customer")
    }
    var explanation = read(place, customer, of: store)
    for model in query.models {
      guard Self.saysOfTouches(model, query.settings) else {
        explanation.unexplained.append(model.rawValue)
        continue
      }
      let effects = results.first { $0.model == model }?.rows.map { ($0.key, $0.removalEffect ?? 0) } ?? []
      for conversion in explanation.conversions.indices {
        let path = explanation.conversions[conversion]
        let shares = try shares(model, path, Dictionary(uniqueKeysWithValues: effects))
        for touch in path.touches.indices {
          explanation.conversions[conversion].touches[touch].credits[model.rawValue] = shares[touch]
        }
      }
    }
    return explanation
  }

  private static func saysOfTouches(_ model: AttributionModel, _ settings: ModelSettings) -> Bool {
    switch model {
    case .first, .last, .lastNonDirect, .linear, .linearUnique, .position, .timeDecay, .decaySteps, .participation,
      .markov, .orderedShapley:
      true
    case .shapley: settings.game == .subsetConversions
    default: false
    }
  }

  /// Of each touch of a conversion.
  private func shares(
    _ model: AttributionModel, _ conversion: JourneyExplanation.Conversion, _ effects: [AttributionResult.Key: Double]
  ) throws(AttributionError) -> [Double] {
    let touches = conversion.touches
    guard !touches.isEmpty else { return [] }
    let names = touches.map(\.key)
    switch model {
    case .participation, .linearUnique, .shapley, .orderedShapley:
      let distinct = model == .participation ? 1 : Double(Set(names).count)
      return names.map { name in 1 / distinct / Double(names.count { $0 == name }) }
    case .markov:
      let weights = names.map { max(0, effects[$0] ?? 0) }
      let sum = weights.reduce(0, +)
      return weights.map { sum > 0 ? $0 / sum : 0 }
    default:
      // A rule does not care what touches are called, so each is a key of its own and the rule itself says its share.
      var counter = PathCounter(PathNeeds([model], query.settings), repeats: .all, query.settings)
      counter.isDirect = [false] + names.map { $0.names.contains(query.settings.direct) }
      var tally = PathTally<ExactCredit>()
      let keys = touches.indices.map { Int32($0 + 1) }
      let ages = touches.map { conversion.timestamp - $0.timestamp }
      keys.withUnsafeBufferPointer { keys in
        ages.withUnsafeBufferPointer { ages in
          counter.add(
            keys, ages: ages, keyCount: keys.count + 1, ExactCredit(conversions: 1, revenue: 0), nulls: 0, into: &tally)
        }
      }
      tally.total += ExactCredit(conversions: 1, revenue: 0)
      let summary = try PathSummary(tally, by: "touch") { .init([String($0 - 1)]) }
      var shares = [Double](repeating: 0, count: touches.count)
      for row in try summary.result(model, query.settings).rows {
        if let touch = row.key.names[0].flatMap({ Int($0) }) { shares[touch] = row.conversions }
      }
      return shares
    }
  }

  /// The customer's conversions with their paths: those of `WholePathWalk`, with the events they are made of.
  private func read(_ place: Int, _ customer: String, of store: JourneyStore) -> JourneyExplanation {
    var explanation = JourneyExplanation(customer: customer, conversions: [], open: [], unexplained: [])
    let period = query.period ?? .min ... .max
    var touches: [Keyed] = []
    var (settled, low) = (0, 0)
    store.withColumns { columns in
      var selection = TouchSelection(keys, isWanted: isWanted)
      selection.select(place..<place + 1, of: columns, roles)
      let entries = selection.entries(of: place)
      func touch(_ entry: Int) -> Keyed {
        let event = selection.event(entry)
        return (
          selection.keys[entry],
          .init(
            timestamp: columns.timestamps[event], eventType: store.eventTypeNames[columns.types[event]],
            key: keys.name(Int(selection.keys[entry])))
        )
      }
      var entry = entries.lowerBound
      while entry < entries.upperBound {
        let time = columns.timestamps[selection.event(entry)]
        guard time <= period.upperBound else { break }
        let end =
          (entry..<entries.upperBound).first { columns.timestamps[selection.event($0)] != time } ?? entries.upperBound
        for place in entry..<end where selection.keys[place] >= 0 { touches.append(touch(place)) }
        for place in entry..<end where selection.keys[place] < 0 {
          let event = selection.event(place)
          let oldest = time.subtractingReportingOverflow(query.lookback)
          if !oldest.overflow {
            while low < touches.count, touches[low].touch.timestamp < oldest.partialValue { low += 1 }
          }
          if query.scope == .journey { low = max(low, settled) }
          settled = touches.count
          let amount = columns.amounts[event]
          if time >= period.lowerBound {
            explanation.conversions.append(
              .init(
                timestamp: time, eventType: store.eventTypeNames[columns.types[event]],
                revenue: amount == Money.none ? 0 : Money.major(amount), touches: query.repeats.kept(touches[low...])))
          }
          if query.firstConversionOnly { return }
        }
        entry = end
      }
    }
    if query.firstConversionOnly, !explanation.conversions.isEmpty { return explanation }
    explanation.open = touches[settled...].map(\.touch)
    return explanation
  }
}

private typealias Keyed = (key: Int32, touch: JourneyExplanation.Touch)

extension Repeats {
  /// The touches of a path that stay: what `PathCounter` does with bare keys.
  fileprivate func kept(_ touches: ArraySlice<Keyed>) -> [JourneyExplanation.Touch] {
    var seen: Set<Int32> = []
    let kept: [Keyed] =
      switch self {
      case .all: Array(touches)
      case .merged:
        touches.indices
          .filter { $0 + 1 == touches.endIndex || touches[$0].key != touches[$0 + 1].key }
          .map { touches[$0] }
      case .first: touches.filter { seen.insert($0.key).inserted }
      case .last: touches.reversed().filter { seen.insert($0.key).inserted }.reversed()
      case .unique: touches.filter { seen.insert($0.key).inserted }.sorted { $0.key < $1.key }
      }
    return kept.map(\.touch)
  }
}
