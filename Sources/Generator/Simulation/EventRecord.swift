/// An event before it is text: 48 bytes from which the writer makes the same bytes each time.
struct EventRecord: BitwiseCopyable, Sendable {
  /// The place in the stream, and the event's own time; microseconds since 1970.
  var arrival: Int64
  var timestamp: Int64
  /// Hundredths of a taka, or points.
  var amount: Int64
  var customer: UInt32
  /// The number of this event among the customer's; with the seed it gives the id and every further detail.
  var ordinal: UInt32
  var order: UInt32
  /// -1 for none.
  var campaign: Int16
  var type: UInt8
  /// A raw `GeneratedChannel`, or `none`.
  var channel: UInt8
  /// Of a purchase: the raw channel that caused it, or `none` when it is organic.
  var cause: UInt8
  /// 0 for the first delivery, 1 for another one, 128 + kind for an event that breaks a rule.
  var delivery: UInt8
  var device: UInt8
  var location: UInt8
  var carrier: UInt8
  var category: UInt8
  /// Bit 0: variant B. Bit 1: text in Bangla. Bit 2: held out of the channel.
  var flags: UInt8

  static let none: UInt8 = 255
  static let duplicate: UInt8 = 1
  static let bad: UInt8 = 128
}

/// Something that a customer will do unless it is dropped by then.
struct Pending: BitwiseCopyable, Sendable {
  enum Kind: UInt8, BitwiseCopyable, Sendable { case firstPurchase, causedPurchase, email }

  var time: Int64
  var customer: UInt32
  /// Of an e-mail.
  var campaign: Int16
  var kind: Kind
  /// Of a caused purchase.
  var cause: GeneratedChannel
}
extension GeneratedChannel: BitwiseCopyable {}
