import Foundation
import Journeys

/// The probability that a customer who has bought before will not buy in the coming horizon.
public struct ChurnModel: Codable, Sendable, Equatable {
  /// Days that a label looks ahead.
  public var horizonDays: Double
  /// Days over which features count behaviour.
  public var windows: [Int]
  /// Cuts the days on which purchases count as one.
  public var timeZone: String
  public var regression: LogisticModel

  enum CodingKeys: String, CodingKey {
    case windows, regression
    case horizonDays = "horizon_days"
    case timeZone = "timezone"
  }

  /// The churn probability of each customer of a store, in the store's order; NaN for those who had not bought before
  /// `moment`, of whom the model knows nothing.
  ///
  /// - Parameter moment: microseconds since 1970 UTC, exclusive: no event at or after it is read.
  /// - Throws: `ModelError`, `JourneyError` for a time zone this system lacks, `CancellationError`.
  public func predict(
    store: JourneyStore, asOf moment: Int64, threads: Int = defaultThreads
  ) async throws -> [Double] {
    let features = try CustomerFeatures(
      of: store, before: moment, windows: windows, calendar: try ZonedCalendar(timeZone))
    let rows = try await features.run(over: store, threads: threads)
    let probabilities = try await regression.predictProbability(rows.table, threads: threads)
    var result = [Double](repeating: .nan, count: store.customerCount)
    for (customer, probability) in zip(rows.customers, probabilities) { result[Int(customer)] = probability }
    return result
  }
}
