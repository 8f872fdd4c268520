import Foundation
import Journeys

/// A query in JSON, of any kind that is answered from a journey store: `kind` says which.
public enum AnalysisQuery: Sendable, Equatable {
  case funnel(FunnelQuery)
  case sequence(SequenceQuery)
  case retention(RetentionQuery)
  case conditionRetention(ConditionRetentionQuery)

  package static let kinds =
    FunnelQuery.kinds + SequenceQuery.kinds + [RetentionQuery.kind, ConditionRetentionQuery.kind]

  /// - Throws: `AttributionError.invalidQuery` with the place in the JSON and what can stand there.
  public init(json data: Data) throws(AttributionError) {
    let json = try QueryValue(json: data)
    guard let kind = try json.field("kind") else {
      throw json.error("lacks the field 'kind', which is one of: \(Self.kinds.joined(separator: ", "))")
    }
    let name = try kind.text()
    if FunnelQuery.kinds.contains(name) {
      self = .funnel(try FunnelQuery(json))
    } else if SequenceQuery.kinds.contains(name) {
      self = .sequence(try SequenceQuery(json))
    } else if name == RetentionQuery.kind {
      self = .retention(try RetentionQuery(json))
    } else if name == ConditionRetentionQuery.kind {
      self = .conditionRetention(try ConditionRetentionQuery(json))
    } else if ExperimentQuery.kinds.contains(name) {
      throw kind.error("is '\(name)', which 'campaigns ab --query' answers")
    } else {
      throw kind.unknown(name, among: Self.kinds)
    }
  }

  /// What the query names and the store does not have, each with the name that was probably meant: no error, as a
  /// query may ask for what has not happened yet.
  public func warnings(of store: JourneyStore) -> [String] {
    switch self {
    case .funnel(let query):
      return query.unknownNames(of: store) + query.remarks(on: store)
    case .sequence(let query):
      return store.unknownNames(
        events: query.conditions.compactMap(\.event),
        properties: query.conditions.flatMap(\.properties) + query.filter.flatMap(\.properties))
    case .retention(let query):
      return store.unknownNames(events: query.names.events, properties: query.names.properties)
    case .conditionRetention(let query):
      return store.unknownNames(events: query.names.events, properties: query.names.properties)
    }
  }

  /// - Throws: `AttributionError.invalidQuery`, `CancellationError`.
  public func run(over store: JourneyStore, threads: Int = defaultThreads) async throws -> AnalysisResult {
    switch self {
    case .funnel(let query): return try await query.run(over: store, threads: threads)
    case .sequence(let query):
      let partial = try await SequenceAnalysis(query, of: store).run(over: store, threads: threads)
      return .sequence(SequenceResult(query, partial, of: store))
    case .retention(let query):
      let result = try await query.run(over: store, threads: threads, listingCustomers: true)
      return .retention(RetentionAnswer(result, of: store, listingCustomers: true))
    case .conditionRetention(let query):
      let retention = try ConditionRetention(query, of: store, listingCustomers: true)
      return .conditionRetention(
        ConditionRetentionAnswer(try await retention.run(over: store, threads: threads), of: store))
    }
  }
}

/// The answer to a query, which encodes as the fields of its kind.
public enum AnalysisResult: Encodable, Sendable, Equatable {
  case funnel(FunnelQueryResult)
  case funnelTimes(FunnelTimes)
  case funnelTrends(FunnelTrendResult)
  case sequence(SequenceResult)
  case retention(RetentionAnswer)
  case conditionRetention(ConditionRetentionAnswer)

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .funnel(let result): try result.encode(to: encoder)
    case .funnelTimes(let result): try result.encode(to: encoder)
    case .funnelTrends(let result): try result.encode(to: encoder)
    case .sequence(let result): try result.encode(to: encoder)
    case .retention(let result): try result.encode(to: encoder)
    case .conditionRetention(let result): try result.encode(to: encoder)
    }
  }
}

extension FunnelQuery {
  /// What it names and the store does not have.
  func unknownNames(of store: JourneyStore) -> [String] {
    let matchers = steps.flatMap(\.match) + exclusions.flatMap(\.match)
    let conditions = conditions + comparison.flatMap(\.conditions)
    return store.unknownNames(
      events: matchers.compactMap(\.event),
      properties: matchers.flatMap(\.properties) + conditions.flatMap(\.properties) + constants
        + (breakdown?.properties ?? []))
  }

  /// What about these data makes the answer another than one may think.
  public func remarks(on store: JourneyStore) -> [String] {
    guard let first = store.manifest.firstTimestamp, let last = store.manifest.lastTimestamp else { return [] }
    let (from, to) = (max(first, period?.lowerBound ?? first), min(last, period?.upperBound ?? last))
    let calendar = try? ZonedCalendar(timeZone)
    func text(_ moment: Int64) -> String { calendar?.clockText(moment) ?? "" }
    if from > to {
      return ["there are no events in the time asked for; the data go from \(text(first)) to \(text(last))"]
    }
    guard window > to - from, from < to else { return [] }
    return [
      "the window is longer than the data asked for, from \(text(from)) to \(text(to)): whoever has not converted is "
        + "still open"
    ]
  }

  /// How many customers reached each step, also by value of a breakdown.
  ///
  /// - Parameter observesMaturity: whether customers whose window is still open when the data end are told apart.
  /// - Throws: `AttributionError.invalidQuery`, `CancellationError`.
  public func counts(
    over store: JourneyStore, threads: Int = defaultThreads, observingMaturity observesMaturity: Bool = false
  ) async throws -> FunnelResult {
    let plan = try await FunnelPlan.make(self, of: store, threads: threads)
    return try await Funnel(plan, false, observesMaturity).run(over: store, threads: threads)
  }

  /// Answers what the query reports on, with the customers by id.
  ///
  /// - Throws: `AttributionError.invalidQuery`, `CancellationError`.
  public func run(over store: JourneyStore, threads: Int = defaultThreads) async throws -> AnalysisResult {
    let plan = try await FunnelPlan.make(self, of: store, threads: threads)
    switch report {
    case .steps:
      let result = try await Funnel(plan, true, true).run(over: store, threads: threads)
      var answer = FunnelQueryResult(result, of: store)
      answer.comparison = try await compare(over: store, threads: threads)
      return .funnel(answer)
    case .timeToConvert:
      let tally = try await Funnel(plan, false, true).partial(over: store, threads: threads)
      return .funnelTimes(FunnelTimes(plan, tally))
    case .trends(let interval):
      let trends = try FunnelTrends(plan, interval, of: store)
      return .funnelTrends(FunnelTrendResult(trends, try await trends.run(over: store, threads: threads), of: store))
    }
  }
}
