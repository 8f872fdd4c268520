import Journeys

/// A channel on which customers are written to, by the names of its events.
public enum SendChannel: String, Codable, CaseIterable, Sendable {
  case email, sms, push

  var sent: String { "\(rawValue)_sent" }
  /// Nil where an opening is not seen.
  var opened: String? { self == .sms ? nil : "\(rawValue)_opened" }
  var clicked: String? { self == .push ? nil : "\(rawValue)_clicked" }
}

/// Sends, answers and sessions of every customer, by local hour, from the events before a moment and nothing else.
///
/// An open or a click answers the latest send of its channel and campaign, at most `answerWindow` before it; sends
/// younger than that at the moment are left out, because their answers may still come. An open within `machineWindow`
/// of its send is a machine's. A session begins with a visit, a cart or a purchase after half an hour without any, and
/// is the customer's own unless an answer came before it within that time: such visits follow the marketer's hours.
public struct SendTimeActivity: Aggregation {
  public struct Windows: Codable, Sendable, Equatable {
    /// Microseconds.
    public var answer: Int64 = 72 * 3_600_000_000
    /// Nobody reads within a second.
    public var machine: Int64 = 1_000_000

    enum CodingKeys: String, CodingKey {
      case answer = "answer_microseconds"
      case machine = "machine_microseconds"
    }

    public init() {}
  }

  /// Microseconds since 1970 UTC, exclusive.
  let moment: Int64
  /// Sends from here on are part 1, those before it part 0; sessions from here on are not read. Nil for one part.
  let split: Int64?
  let hours: Int
  let windows: Windows
  let calendar: ZonedCalendar
  private let kinds: [Kind]

  private enum Kind: Sendable {
    case sent(Int)
    case opened(Int)
    case clicked(Int)
    case visit, other
  }
  private static let sessionGap: Int64 = 30 * 60 * 1_000_000
  private static let visits: Set = ["page_view", "cart_added", "purchase"]

  package init(
    of store: JourneyStore, before moment: Int64, split: Int64? = nil, hours: Int, windows: Windows,
    calendar: ZonedCalendar
  ) {
    self.moment = moment
    self.split = split
    self.hours = hours
    self.windows = windows
    self.calendar = calendar
    kinds = store.eventTypeNames.names.map { name in
      for (place, channel) in SendChannel.allCases.enumerated() {
        if name == channel.sent { return .sent(place) }
        if name == channel.opened { return .opened(place) }
        if name == channel.clicked { return .clicked(place) }
      }
      return Self.visits.contains(name) ? .visit : .other
    }
  }

  /// Histories by channel, in the order of `SendChannel`.
  public func empty() -> [SendHistories] { SendChannel.allCases.map { _ in SendHistories(hours: hours) } }

  public func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout [SendHistories]) {
    let (timestamps, types, campaigns) = (store.timestamps, store.eventTypes, store.campaigns)
    var sends = SendChannel.allCases.map { _ in [Sent]() }
    var sessions: [UInt8] = []
    for customer in customers {
      for channel in sends.indices { sends[channel].removeAll(keepingCapacity: true) }
      sessions.removeAll(keepingCapacity: true)
      var lastActive = Int64.min / 2
      for event in store.events(of: customer) {
        let timestamp = timestamps[event]
        guard timestamp < moment else { break }
        let type = types[event]
        switch type >= 0 ? kinds[Int(type)] : .other {
        case .sent(let channel):
          sends[channel].append(Sent(timestamp: timestamp, campaign: campaigns[event]))
        case .opened(let channel):
          answer(&sends[channel], timestamp, campaigns[event], isClick: false)
          lastActive = timestamp
        case .clicked(let channel):
          answer(&sends[channel], timestamp, campaigns[event], isClick: true)
          lastActive = timestamp
        case .visit:
          if timestamp - lastActive > Self.sessionGap, timestamp < split ?? moment {
            sessions.append(UInt8(LocalHour.index(timestamp, hours, calendar)))
          }
          lastActive = timestamp
        case .other: break
        }
      }
      for channel in sends.indices { append(sends[channel], sessions, to: &partial[channel]) }
    }
  }

  public func merge(_ later: [SendHistories], into partial: inout [SendHistories]) {
    for channel in partial.indices { partial[channel].append(later[channel]) }
  }

  /// One customer each for every customer of the store.
  public func finish(_ partial: [SendHistories]) -> [SendHistories] { partial }

  private struct Sent {
    let timestamp: Int64
    let campaign: Int32
    var isOpened = false
    var isMachine = false
  }

  private func answer(_ sends: inout [Sent], _ timestamp: Int64, _ campaign: Int32, isClick: Bool) {
    var place = sends.count - 1
    while place >= 0, timestamp - sends[place].timestamp <= windows.answer {
      if sends[place].campaign == campaign {
        if !isClick, timestamp - sends[place].timestamp < windows.machine {
          sends[place].isMachine = true
        } else {
          sends[place].isOpened = true
        }
        return
      }
      place -= 1
    }
  }

  /// Only sends whose answers had time to come, on their side of the split, count.
  private func append(_ sends: [Sent], _ sessions: [UInt8], to histories: inout SendHistories) {
    var machines = 0
    let rows = sends.compactMap { send -> SendHistories.Send? in
      let isLater = split.map { send.timestamp >= $0 } ?? false
      guard send.timestamp < (isLater ? moment : split ?? moment) - windows.answer else { return nil }
      if send.isMachine && !send.isOpened {
        machines += 1
        return nil
      }
      return SendHistories.Send(
        hour: LocalHour.index(send.timestamp, hours, calendar), isOpened: send.isOpened, fold: isLater ? 1 : 0)
    }
    histories.append(sends: rows, sessions: sessions, machineSends: machines)
  }
}
