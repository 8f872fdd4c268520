import Journeys

/// A funnel by the period in which customers enter it: how many did, how many converted, and who.
public struct FunnelTrendResult: Encodable, Sendable, Equatable {
  public struct Period: Encodable, Sendable, Equatable {
    /// Its first moment, in the time zone of the query: `2024-03-05T00:00:00+06:00`.
    public var periodStart: String
    /// Customers whose attempts of this period reached the one step, and the other.
    public var reachedFrom: Int
    public var reachedTo: Int
    /// Percent, to hundredths; 0 when nobody entered.
    public var conversionRate: Double
    /// Wilson's interval of it, in percent; nil when nobody entered.
    public var interval: [Double]?

    enum CodingKeys: String, CodingKey {
      case periodStart = "period_start"
      case reachedFrom = "reached_from"
      case reachedTo = "reached_to"
      case conversionRate = "conversion_rate"
      case interval = "conversion_rate_interval"
    }
  }

  public struct Users: Encodable, Sendable, Equatable {
    public var periodStart: String
    public var value: [String]?
    /// Sorted ids.
    public var convertedUsers: [String]
    public var droppedUsers: [String]

    enum CodingKeys: String, CodingKey {
      case value
      case periodStart = "period_start"
      case convertedUsers = "converted_users"
      case droppedUsers = "dropped_users"
    }
  }

  public struct Breakdown: Encodable, Sendable, Equatable {
    public var value: [String]
    public var series: [Period]
  }

  public var series: [Period]
  public var seriesAt: [Users]
  public var breakdown: [Breakdown]?

  enum CodingKeys: String, CodingKey {
    case series, breakdown
    case seriesAt = "series_at"
  }

  init(_ trends: FunnelTrends, _ tally: FunnelTrendTally, of store: JourneyStore) {
    let periods = trends.periods.map(Array.init) ?? []
    let titles = periods.map { trends.calendar.offsetText(trends.calendar.start(of: trends.interval, $0)) }
    let critical = Normal.critical(1 - trends.plan.query.confidence)
    func series(_ group: Int) -> [Period] {
      zip(periods, titles).map { period, title in
        let entry = tally.groups[group][period] ?? .init()
        let rate = Rate(entry.converted.count, of: entry.converted.count + entry.dropped.count)
        return Period(
          periodStart: title, reachedFrom: rate.trials, reachedTo: rate.hits,
          conversionRate: ((rate.value ?? 0) * 10_000).rounded(.toNearestOrEven) / 100,
          interval: rate.interval(critical).map { [$0.lowerBound * 100, $0.upperBound * 100] })
      }
    }
    func users(_ group: Int, _ value: [String]?) -> [Users] {
      func names(_ customers: [Int32]) -> [String] { customers.map { store.customerID(Int($0)) } }
      return zip(periods, titles).map { period, title in
        let entry = tally.groups[group][period] ?? .init()
        return Users(
          periodStart: title, value: value, convertedUsers: names(entry.converted), droppedUsers: names(entry.dropped))
      }
    }
    self.series = series(0)
    seriesAt = users(0, nil)
    guard let values = trends.plan.index?.values else { return }
    var breakdown: [Breakdown] = []
    for (place, value) in values.enumerated() where !tally.groups[place + 1].isEmpty {
      breakdown.append(Breakdown(value: value, series: series(place + 1)))
      seriesAt += users(place + 1, value)
    }
    self.breakdown = breakdown
  }
}

extension ZonedCalendar {
  /// A moment to the second, with its offset: `2024-03-05T00:00:00+06:00`.
  func offsetText(_ moment: Int64) -> String {
    let minutes = offset(at: moment) / 60_000_000
    let (hours, rest) = abs(minutes).quotientAndRemainder(dividingBy: 60)
    let sign = minutes < 0 ? "-" : "+"
    return clockText(moment).replacing(" ", with: "T") + "\(sign)\(padded(hours, 2)):\(padded(rest, 2))"
  }
}
