import Journeys

/// The trained send-time models of all channels, with what it takes to apply them to a journey store.
public struct ChannelSendTimes: Codable, Sendable, Equatable {
  /// One channel's model, and what its last window said of it.
  public struct Channel: Codable, Sendable, Equatable {
    public var model: SendTimeModel
    public var evaluation: SendTimeEvaluation
  }

  /// 24 or 168.
  public var hours: Int
  /// Of the customers, in which hours are cut.
  public var timeZone: String
  public var policy: SendPolicy
  public var windows: SendTimeActivity.Windows
  /// By name; a channel on which nothing could be learnt is absent.
  public var channels: [String: Channel]

  enum CodingKeys: String, CodingKey {
    case hours, policy, windows, channels
    case timeZone = "timezone"
  }

  /// What is known of one customer.
  public struct Customer: Sendable, Equatable {
    /// By channel.
    public var forecasts: [String: SendTimeForecast]
    /// The best hour outside of quiet hours, by channel.
    public var allowedHours: [String: Int]
    /// Nil of customers who never came by themselves.
    public var activeHours: ActiveHours?
  }

  /// Every customer's hours as of a moment, handed over in the order of the store.
  ///
  /// - Parameters:
  ///   - moment: microseconds since 1970 UTC, exclusive: no event at or after it is read.
  ///   - take: gets the place of a customer in the store.
  /// - Throws: `ModelError.foreignModel` when the channels do not have the model's hours, `JourneyError` for a time
  ///   zone this system lacks, `CancellationError`, what `take` throws.
  public func predict(
    store: JourneyStore, asOf moment: Int64, threads: Int = defaultThreads,
    take: (_ customer: Int, _ hours: Customer) throws -> Void
  ) async throws {
    guard SendHistories.isPeriod(hours), channels.values.allSatisfy({ $0.model.hours == hours }) else {
      throw ModelError(.foreignModel, "send-time: the model's channels are not of \(hours) hours; train it again")
    }
    let activity = SendTimeActivity(
      of: store, before: moment, hours: hours, windows: windows, calendar: try ZonedCalendar(timeZone))
    let histories = try await activity.run(over: store, threads: threads)
    let known = zip(SendChannel.allCases, histories).compactMap { channel, histories in
      channels[channel.rawValue].map { (channel.rawValue, SendTimeForecaster($0.model), histories) }
    }
    let chunks = (store.customerCount + customersPerChunk - 1) / customersPerChunk
    try await inOrder(chunks: chunks, threads: threads) { chunk in
      let start = chunk * customersPerChunk
      let customers = start..<min(start + customersPerChunk, store.customerCount)
      let forecasts = known.map { (name: $0, forecasts: $1.forecasts(of: customers, in: $2)) }
      return customers.map { customer in
        let own = Dictionary(uniqueKeysWithValues: forecasts.map { ($0.name, $0.forecasts[customer - start]) })
        return (
          customer,
          Customer(
            forecasts: own, allowedHours: own.mapValues { policy.bestHour($0.probabilities) },
            activeHours: histories.first?.activeHours(of: customer))
        )
      }
    } take: { rows in
      for (customer, hours) in rows { try take(customer, hours) }
    }
  }
}

/// Local hours of the day, `from` up to but without `to`, over midnight if need be.
public struct ActiveHours: Codable, Sendable, Equatable {
  public var from: Int
  public var to: Int
}

extension SendHistories {
  /// The shortest run of hours of the day that holds at least half of a customer's sessions, the earliest of equals;
  /// nil without sessions.
  func activeHours(of customer: Int) -> ActiveHours? {
    let own = sessions(of: customer)
    guard !own.isEmpty else { return nil }
    var counts = Array(repeating: 0, count: 24)
    for place in own { counts[Int(sessions[place]) % 24] += 1 }
    for length in 1...24 {
      var best: (start: Int, held: Int)?
      for start in 0..<24 {
        let held = (start..<(start + length)).reduce(0) { $0 + counts[$1 % 24] }
        if 2 * held >= own.count, held > best?.held ?? 0 { best = (start, held) }
      }
      if let best { return ActiveHours(from: best.start, to: (best.start + length) % 24) }
    }
    return nil
  }
}
