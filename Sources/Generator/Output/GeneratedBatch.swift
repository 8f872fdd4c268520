/// Events in the order of the stream: lines of JSON, and the customer of each.
public struct GeneratedBatch: Sendable {
  /// Bytes after which a batch is full.
  static let size = 1 << 20
  static let customerLength = 36

  private var storage: [UInt8] = []
  private var byteCount = 0
  private var ends: [Int] = []
  private var keys: [UInt8] = []
  /// Which purchases of this batch were caused, and by what; first deliveries of valid events only.
  public private(set) var purchases: [Purchase] = []

  public struct Purchase: Sendable, Equatable {
    /// The place of its event in the batch.
    public let event: Int
    /// The channel that caused it; nil when it is organic.
    public let cause: GeneratedChannel?
  }

  public init() {}

  public var count: Int { ends.count }
  public var isEmpty: Bool { ends.isEmpty }

  /// One JSON object a line, each line with its line feed: ready to be written to a file.
  public var lines: RawSpan {
    @_lifetime(borrow self)
    borrowing get { storage.span.bytes.extracting(0..<byteCount) }
  }

  /// Calls the body with the customer id (the Kafka key) and the JSON (without line feed) of each event, in order.
  public func forEachEvent<Failure: Error>(
    _ body: (_ key: RawSpan, _ value: RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    let lines = lines
    let keys = keys.span.bytes
    var start = 0
    for (event, end) in ends.enumerated() {
      let keyStart = event * Self.customerLength
      try body(
        keys.extracting(keyStart..<keyStart + Self.customerLength), lines.extracting(start..<end - 1))
      start = end
    }
  }

  /// The 36 bytes of the id of a purchase's event, which stand behind `{"id":"`.
  @_lifetime(borrow self)
  borrowing func eventID(of purchase: Purchase) -> RawSpan {
    let start = (purchase.event == 0 ? 0 : ends[purchase.event - 1]) + 7
    return lines.extracting(start..<start + 36)
  }

  /// Replaces the events by those that `next` yields, until it yields none or the batch is full.
  mutating func fill(_ writer: EventWriter, from next: () -> EventRecord?) {
    ends.removeAll(keepingCapacity: true)
    purchases.removeAll(keepingCapacity: true)
    let most = Self.size / 128
    if storage.isEmpty {
      storage = [UInt8](repeating: 0, count: Self.size + ByteWriter.longestEvent)
      keys = [UInt8](repeating: 0, count: most * Self.customerLength)
    }
    keys.withUnsafeMutableBytes { keys in
      storage.withUnsafeMutableBytes { lines in
        guard let keyBase = keys.baseAddress, let base = lines.baseAddress else { return }
        var key = ByteWriter(at: keyBase)
        var line = ByteWriter(at: base)
        while ends.count < most && line.end - base <= Self.size, let record = next() {
          if record.type == GeneratedEventType.purchase.rawValue && record.delivery == 0 {
            purchases.append(Purchase(event: ends.count, cause: GeneratedChannel(rawValue: record.cause)))
          }
          writer.write(record, to: &line)
          line.byte(UInt8(ascii: "\n"))
          writer.writeCustomer(record.customer, to: &key)
          ends.append(line.end - base)
        }
        byteCount = line.end - base
      }
    }
  }
}
