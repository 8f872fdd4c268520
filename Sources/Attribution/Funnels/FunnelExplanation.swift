import Journeys

/// Which events of a customer made up his way through a funnel.
public struct FunnelExplanation: Encodable, Sendable, Equatable {
  public struct Step: Encodable, Sendable, Equatable {
    public var step: String
    /// Microseconds since 1970 UTC.
    public var timestamp: Int64
    public var eventType: String
    /// The place of the event in the columns of the store.
    public var event: Int
    /// Nil for the first.
    public var secondsFromPrevious: Double?

    enum CodingKeys: String, CodingKey {
      case step, event
      case timestamp = "timestamp_us"
      case eventType = "event_type"
      case secondsFromPrevious = "seconds_from_previous"
    }
  }

  /// The chain that got furthest, or one of the attempts; of a value of the breakdown, if there is one.
  public struct Chain: Encodable, Sendable, Equatable {
    public var value: [String]?
    /// Required steps.
    public var completed: Int
    /// An excluding event came between, so the customer is not counted.
    public var isExcluded: Bool
    /// Until when it could still have come further, had the data not ended; microseconds since 1970 UTC.
    public var openUntil: Int64?
    public var steps: [Step]

    enum CodingKeys: String, CodingKey {
      case value, completed, steps
      case isExcluded = "is_excluded"
      case openUntil = "open_until_us"
    }
  }

  public var customer: String
  /// False for one whom the query's sample leaves out.
  public var isSampled: Bool
  /// None for a customer who did no step.
  public var chains: [Chain]

  enum CodingKeys: String, CodingKey {
    case customer, chains
    case isSampled = "is_sampled"
  }
}

extension Funnel {
  /// Follows one customer.
  ///
  /// - Throws: `.unknownName` for a customer whom the store does not have.
  public func explain(_ customer: String, of store: JourneyStore) throws(AttributionError) -> FunnelExplanation {
    guard let place = store.customerIndex(of: customer) else {
      throw AttributionError(.unknownName, "funnel: journey store \(store.directory.path) has no such customer")
    }
    var explanation = FunnelExplanation(
      customer: customer, isSampled: plan.sample.contains(place, of: store), chains: [])
    store.withColumns { columns in
      var search = FunnelSearch(plan)
      search.visit(place, columns) { group, outcome in
        // Group 0 is the best of those of the breakdown.
        guard (plan.index == nil) == (group == 0), outcome.completed > 0 || outcome.isExcluded else { return }
        explanation.chains.append(chain(outcome, plan.index.map { $0.values[group - 1] }, columns, store))
      }
    }
    return explanation
  }

  private func chain(
    _ outcome: FunnelOutcome, _ value: [String]?, _ columns: EventColumns, _ store: JourneyStore
  ) -> FunnelExplanation.Chain {
    var steps: [FunnelExplanation.Step] = []
    for step in query.steps.indices where outcome.taken & (1 << UInt64(step)) != 0 {
      let event = outcome.events[step]
      let time = columns.timestamps[event]
      steps.append(
        FunnelExplanation.Step(
          step: query.mode == .unordered ? store.eventTypeNames[columns.types[event]] : query.steps[step].name,
          timestamp: time, eventType: store.eventTypeNames[columns.types[event]], event: event,
          secondsFromPrevious: steps.last.map { Double(time - $0.timestamp) / 1e6 }))
    }
    return FunnelExplanation.Chain(
      value: value, completed: outcome.completed, isExcluded: outcome.isExcluded,
      openUntil: outcome.openSince.map { $0 + query.window }, steps: steps)
  }
}
