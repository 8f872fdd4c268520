/// When customers were sent messages and what came of it, and when they came by themselves, by local hour.
///
/// Hours are those of the day (24) or of the week (168, from Monday's midnight on). A send that only a machine opened
/// tells nothing of its customer and is not kept, but it marks the customer: behind a mail-privacy proxy (Apple 2021)
/// further opens may be a machine's too, without a flag. Customers lie one after the other: 2 bytes a send, 1 byte a
/// session.
public struct SendHistories: Codable, Sendable, Equatable {
  /// 24 or 168.
  public let hours: Int
  /// customers + 1 places in `sends`.
  private(set) var sendOffsets: [Int] = [0]
  private(set) var sends: [UInt16] = []
  /// customers + 1 places in `sessions`.
  private(set) var sessionOffsets: [Int] = [0]
  /// The hour of each session.
  private(set) var sessions: [UInt8] = []
  /// Whether a machine was seen to open a customer's message.
  private(set) var behindProxy: [Bool] = []
  /// Sends that a machine opened, of all customers.
  public private(set) var machineSends = 0

  /// - Precondition: 24 or 168 hours.
  package init(hours: Int) {
    precondition(SendHistories.isPeriod(hours), "hours of a day or of a week")
    self.hours = hours
  }

  package static func isPeriod(_ hours: Int) -> Bool { hours == 24 || hours == 168 }

  /// One send: its hour, whether it was opened, and the part of the data (0...63) that it is held out with.
  package struct Send: Sendable, Equatable {
    package let packed: UInt16

    package init(hour: Int, isOpened: Bool, fold: Int) {
      packed = UInt16(hour) | (isOpened ? 256 : 0) | UInt16(fold) << 9
    }

    @inline(__always) init(packed: UInt16) { self.packed = packed }
    @inline(__always) package var hour: Int { Int(packed & 255) }
    @inline(__always) package var isOpened: Bool { packed & 256 != 0 }
    @inline(__always) package var fold: Int { Int(packed >> 9) }
  }

  static let mostFolds = 64

  public var customers: Int { behindProxy.count }
  /// Sends that tell something.
  public var sendCount: Int { sends.count }
  public var sessionCount: Int { sessions.count }
  public var openCount: Int { sends.reduce(0) { $0 + ($1 & 256 != 0 ? 1 : 0) } }

  func sends(of customer: Int) -> Range<Int> { sendOffsets[customer]..<sendOffsets[customer + 1] }
  func sessions(of customer: Int) -> Range<Int> { sessionOffsets[customer]..<sessionOffsets[customer + 1] }

  func isBehindProxy(_ customer: Int) -> Bool { behindProxy[customer] }

  /// The sends (see `Send`) and the hours of sessions of all customers, for loops over many of them.
  func withRows(_ body: (UnsafeBufferPointer<UInt16>, UnsafeBufferPointer<UInt8>) -> Void) {
    sends.withUnsafeBufferPointer { sends in sessions.withUnsafeBufferPointer { body(sends, $0) } }
  }

  /// Adds the next customer.
  package mutating func append(
    sends: some Sequence<Send>, sessions: some Sequence<UInt8>, machineSends: Int = 0
  ) {
    self.sends.append(contentsOf: sends.lazy.map(\.packed))
    sendOffsets.append(self.sends.count)
    self.sessions.append(contentsOf: sessions)
    sessionOffsets.append(self.sessions.count)
    behindProxy.append(machineSends > 0)
    self.machineSends += machineSends
  }

  /// Adds later customers.
  mutating func append(_ later: SendHistories) {
    let (sendBase, sessionBase) = (sends.count, sessions.count)
    sends += later.sends
    sendOffsets += later.sendOffsets.dropFirst().map { $0 + sendBase }
    sessions += later.sessions
    sessionOffsets += later.sessionOffsets.dropFirst().map { $0 + sessionBase }
    behindProxy += later.behindProxy
    machineSends += later.machineSends
  }

  /// Sorts rows in any order by customer, keeping the order of each one's rows.
  ///
  /// - Parameters:
  ///   - customers: how many there are; the rows name them 0, 1, 2, ...
  ///   - folds: the i-th send that tells something is held out with part i mod `folds`.
  package init(
    hours: Int, customers: Int, sends rows: [SendRow], sessions visits: [(customer: Int32, hour: UInt8)], folds: Int
  ) {
    self.init(hours: hours)
    behindProxy = Array(repeating: false, count: customers)
    sendOffsets = Array(repeating: 0, count: customers + 1)
    sessionOffsets = Array(repeating: 0, count: customers + 1)
    for row in rows {
      if row.isMachine {
        behindProxy[Int(row.customer)] = true
        machineSends += 1
      } else {
        sendOffsets[Int(row.customer) + 1] += 1
      }
    }
    for visit in visits { sessionOffsets[Int(visit.customer) + 1] += 1 }
    for customer in 0..<customers {
      sendOffsets[customer + 1] += sendOffsets[customer]
      sessionOffsets[customer + 1] += sessionOffsets[customer]
    }
    var next = sendOffsets
    sends = Array(repeating: 0, count: sendOffsets[customers])
    var fold = 0
    for row in rows where !row.isMachine {
      sends[next[Int(row.customer)]] = Send(hour: Int(row.hour), isOpened: row.isOpened, fold: fold).packed
      next[Int(row.customer)] += 1
      fold = fold + 1 == folds ? 0 : fold + 1
    }
    next = sessionOffsets
    sessions = Array(repeating: 0, count: visits.count)
    for visit in visits {
      sessions[next[Int(visit.customer)]] = visit.hour
      next[Int(visit.customer)] += 1
    }
  }
}

/// One send as it was logged.
package struct SendRow: Sendable {
  package var customer: Int32
  package var hour: UInt8
  package var isOpened: Bool
  /// A machine opened it: whether a person did, nobody knows.
  package var isMachine: Bool

  package init(customer: Int32, hour: UInt8, isOpened: Bool, isMachine: Bool) {
    self.customer = customer
    self.hour = hour
    self.isOpened = isOpened
    self.isMachine = isMachine
  }
}
