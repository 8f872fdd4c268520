/// What to generate.
public struct GeneratorConfiguration: Sendable {
  public var customers: Int
  public var days: Int
  public var seed: UInt64
  /// The first day. All events lie in [start, start + days), the days cut in Asia/Dhaka (UTC+6, no summer time).
  public var start: CivilDay
  /// Factor on messages, visits and ads; about a quarter of an event per customer and day at 1. Purchases keep their
  /// law: the effect of a single touch is divided by it.
  public var rate: Double
  /// Further events that break a rule, as a share of the valid ones.
  public var badShare: Double
  /// Events delivered once more, as a share of the valid ones.
  public var duplicateShare: Double
  /// Valid events that arrive ten minutes to two days late.
  public var lateShare: Double
  /// The share of each channel's reachable customers that is held out of it at random; nil for no experiment.
  public var holdoutShare: Double?
  public var shop: ShopParameters

  /// Fixed, so that the output depends on nothing but the settings: 2025-01-01.
  public static let defaultStart = CivilDay(2025, 1, 1)

  public init(
    customers: Int, days: Int, seed: UInt64, start: CivilDay = defaultStart, rate: Double = 1,
    badShare: Double = 0, duplicateShare: Double = 0, lateShare: Double = 0.01, holdoutShare: Double? = nil,
    shop: ShopParameters = ShopParameters()
  ) {
    self.customers = customers
    self.days = days
    self.seed = seed
    self.start = start
    self.rate = rate
    self.badShare = badShare
    self.duplicateShare = duplicateShare
    self.lateShare = lateShare
    self.holdoutShare = holdoutShare
    self.shop = shop
  }

  func check() throws(GeneratorError) {
    func require(_ holds: Bool, _ setting: String, _ range: String) throws(GeneratorError) {
      if !holds {
        throw GeneratorError(
          .invalidConfiguration, "generate: \(setting) is out of range; give a value \(range)")
      }
    }
    try require((1...100_000_000).contains(customers), "the number of customers", "from 1 to 100000000")
    try require((1...3660).contains(days), "the number of days", "from 1 to 3660")
    let years = CivilDay(1970, 1, 2)...CivilDay(2100, 1, 1)
    let isInCalendar = years.contains(start) && years.contains(start + days)
    try require(isInCalendar, "the start date", "from 1970-01-02 to 2100-01-01")
    try require(rate > 0 && rate <= 100, "the rate", "above 0, up to 100")
    for (share, name) in [(badShare, "bad"), (duplicateShare, "duplicate"), (lateShare, "late")] {
      try require(share >= 0 && share <= 1, "the share of \(name) events", "from 0 to 1")
    }
    if let share = holdoutShare {
      try require(share > 0 && share < 0.9, "the share of customers held out", "above 0, below 0.9")
    }
  }
}

/// Kinds of events that break a rule of the event format.
public enum BadEventKind: UInt8, CaseIterable, Sendable {
  /// JSON cut off in the middle.
  case truncated = 1
  /// A JSON value that is no object.
  case nonObject
  /// A byte that is no UTF-8.
  case invalidUTF8
  case missingID
  /// An id that is no UUID.
  case malformedID
  case missingCustomer
  case emptyEventType
  /// No RFC 3339: there is no such day, or no offset.
  case malformedTimestamp
  /// Before 1970, or long after now.
  case timestampOutOfRange
  /// A channel that the platform does not have. The only kind that an import of files takes, which keeps any name.
  case unknownChannel
  case negativeAmount
  /// `event_data` that is no object.
  case malformedEventData

  public var name: String {
    switch self {
    case .truncated: "truncated"
    case .nonObject: "non_object"
    case .invalidUTF8: "invalid_utf8"
    case .missingID: "missing_id"
    case .malformedID: "malformed_id"
    case .missingCustomer: "missing_customer_id"
    case .emptyEventType: "empty_event_type"
    case .malformedTimestamp: "malformed_timestamp"
    case .timestampOutOfRange: "timestamp_out_of_range"
    case .unknownChannel: "unknown_channel"
    case .negativeAmount: "negative_amount"
    case .malformedEventData: "malformed_event_data"
    }
  }
}
