import Foundation

/// The rules of the event that do not depend on whether it came as JSON or as CSV.
package struct EventRules: Sendable {
  /// The values of the service's `marketing_channel`.
  public static let platformChannels: Set<String> = [
    "email", "sms", "push_notification", "social_media", "affiliate", "direct", "organic_search", "paid_search",
  ]

  package enum Channels: Sendable {
    /// Only the platform's own.
    case platform
    /// Any name of 1..64 characters, so that other people's data can be read.
    case any
  }

  package var channels: Channels
  /// The latest time that an event may have, microseconds since 1970 UTC.
  package var latest: Int64

  /// - Parameter now: the moment from which "tomorrow" is counted.
  package init(channels: Channels, now: Date = Date()) {
    self.channels = channels
    latest = Int64((now.timeIntervalSince1970 + 86_400) * 1_000_000)
  }

  package func check(customerID text: UnsafeRawBufferPointer) throws(EventError) {
    guard 1...128 ~= text.count else { throw EventError(.invalidLength, "customer_id") }
  }

  package func check(eventType text: UnsafeRawBufferPointer) throws(EventError) {
    try checkName(text, "event_type")
  }

  package func check(channel text: UnsafeRawBufferPointer) throws(EventError) {
    try checkName(text, "channel")
    if channels == .platform, !Self.isPlatformChannel(text) { throw EventError(.unknownChannel, "channel") }
  }

  package func check(timestamp: Int64) throws(EventError) {
    guard 0...latest ~= timestamp else { throw EventError(.timestampOutOfRange, "timestamp") }
  }

  /// Major units to minor ones.
  package func minor(_ major: Double, _ field: String) throws(EventError) -> Money.Rounded {
    guard major >= 0 else { throw EventError(.negativeAmount, field) }
    guard let rounded = Money.minor(fromMajor: major) else { throw EventError(.amountOutOfRange, field) }
    return rounded
  }

  /// 1..64 characters (Unicode scalars), none of them a control character.
  private func checkName(_ text: UnsafeRawBufferPointer, _ field: String) throws(EventError) {
    var characters = 0
    var control = false
    var previous: UInt8 = 0
    for byte in text {
      if byte & 0xc0 != 0x80 { characters += 1 }
      // C0 and DEL, and C1 (U+0080..U+009F), which UTF-8 writes as C2 80..C2 9F.
      if byte < 0x20 || byte == 0x7f || (previous == 0xc2 && byte < 0xa0) { control = true }
      previous = byte
    }
    guard 1...64 ~= characters else { throw EventError(.invalidLength, field) }
    guard !control else { throw EventError(.controlCharacter, field) }
  }

  private static let platformChannelBytes = platformChannels.map { Array($0.utf8) }

  private static func isPlatformChannel(_ text: UnsafeRawBufferPointer) -> Bool {
    platformChannelBytes.contains { $0.count == text.count && $0.elementsEqual(text) }
  }
}
