import Journeys

/// When a message may be sent: quiet hours of the day, and how many messages a customer bears.
public struct SendPolicy: Codable, Sendable, Equatable {
  /// Local hours of the day, `quietFrom` up to but without `quietTo`, over midnight if need be; equal for none.
  public let quietFrom: Int
  public let quietTo: Int
  /// Messages to one customer within any 24 hours, and within any 7 days; nil for any number.
  public let perDay: Int?
  public let perWeek: Int?

  enum CodingKeys: String, CodingKey {
    case quietFrom = "quiet_from"
    case quietTo = "quiet_to"
    case perDay = "per_day"
    case perWeek = "per_week"
  }

  /// Closed from 22:00 to 08:00, any number of messages.
  public static let usual = SendPolicy(quietFrom: 22, quietTo: 8, perDay: nil, perWeek: nil, ())

  private init(quietFrom: Int, quietTo: Int, perDay: Int?, perWeek: Int?, _: Void) {
    self.quietFrom = quietFrom
    self.quietTo = quietTo
    self.perDay = perDay
    self.perWeek = perWeek
  }

  /// - Throws: `ModelError.invalidSetting`.
  public init(quietFrom: Int, quietTo: Int, perDay: Int? = nil, perWeek: Int? = nil) throws(ModelError) {
    guard 0...23 ~= quietFrom, 0...24 ~= quietTo, !(quietFrom == 0 && quietTo == 24) else {
      throw ModelError(
        .invalidSetting, "send-time: quiet hours are two hours of the day, such as 22-8, and leave at least one open")
    }
    guard perDay ?? 1 >= 1, perWeek ?? 1 >= 1 else {
      throw ModelError(.invalidSetting, "send-time: a frequency cap is at least one message; leave it out for none")
    }
    self.init(quietFrom: quietFrom, quietTo: quietTo % 24, perDay: perDay, perWeek: perWeek, ())
  }

  /// `22-8`, or `none`.
  ///
  /// - Throws: `ModelError.invalidSetting`.
  public init(quietHours text: String, perDay: Int? = nil, perWeek: Int? = nil) throws(ModelError) {
    if text == "none" {
      try self.init(quietFrom: 0, quietTo: 0, perDay: perDay, perWeek: perWeek)
      return
    }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard ends.count == 2, let from = ends[0], let to = ends[1] else {
      throw ModelError(.invalidSetting, "send-time: quiet hours '\(text)': write two hours, such as 22-8, or none")
    }
    try self.init(quietFrom: from, quietTo: to, perDay: perDay, perWeek: perWeek)
  }

  /// - Parameter hour: of the day, or of the week from a midnight on.
  public func isOpen(_ hour: Int) -> Bool {
    let hour = hour % 24
    return quietFrom <= quietTo ? !(quietFrom..<quietTo ~= hour) : quietTo..<quietFrom ~= hour
  }

  /// The open hour of greatest probability, the earlier of equals.
  public func bestHour(_ probabilities: [Double]) -> Int {
    var best: Int?
    for hour in probabilities.indices where isOpen(hour) && probabilities[hour] > best.map({ probabilities[$0] }) ?? -1
    {
      best = hour
    }
    return best ?? 0
  }

  /// The start of the best open hour of those that begin within a span of time, when the customer bears one more
  /// message.
  ///
  /// - Parameters:
  ///   - probabilities: of an open by hour of the day (24) or of the week (168, from Monday's midnight on).
  ///   - moment: microseconds since 1970 UTC; nothing is sent before it.
  ///   - hours: how far to look ahead.
  ///   - sent: moments at which messages went or will go to this customer, in any order.
  /// - Returns: nil when every hour is closed or too close to other messages.
  public func bestMoment(
    _ probabilities: [Double], from moment: Int64, within hours: Int, sent: [Int64], calendar: ZonedCalendar
  ) -> Int64? {
    var best: (moment: Int64, probability: Double)?
    let first = calendar.period(.hour, of: moment)
    for number in first..<(first + Int64(max(hours, 0)) + 1) {
      let start = calendar.start(of: .hour, number)
      guard start >= moment, start - moment < Int64(hours) * 3_600_000_000 else { continue }
      let hour = LocalHour.index(start, probabilities.count, calendar)
      guard isOpen(hour), probabilities[hour] > best?.probability ?? -1, bears(start, sent) else { continue }
      best = (start, probabilities[hour])
    }
    return best?.moment
  }

  /// Whether no window of 24 hours or 7 days around a moment gets more messages than allowed.
  private func bears(_ moment: Int64, _ sent: [Int64]) -> Bool {
    func isWithin(_ cap: Int?, _ window: Int64) -> Bool {
      guard let cap else { return true }
      let near = (sent.filter { abs($0 - moment) < window } + [moment]).sorted()
      return near.indices.allSatisfy { $0 + cap >= near.count || near[$0 + cap] - near[$0] >= window }
    }
    return isWithin(perDay, microsecondsPerDay) && isWithin(perWeek, 7 * microsecondsPerDay)
  }
}

/// Hours of the day or of the week on the local clock.
enum LocalHour {
  /// - Parameter hours: 24, or 168 for hours of the week from Monday's midnight on.
  @inline(__always) static func index(_ timestamp: Int64, _ hours: Int, _ calendar: ZonedCalendar) -> Int {
    let hour = floorDivide(calendar.local(timestamp), 3_600_000_000)
    // 1970-01-01 was a Thursday.
    let sinceMonday = hours == 168 ? hour + 3 * 24 : hour
    return Int(sinceMonday - floorDivide(sinceMonday, Int64(hours)) * Int64(hours))
  }
}
