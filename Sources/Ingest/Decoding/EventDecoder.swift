import Journeys
import Stores

/// Parses deliveries, holds them against the rules and writes the journey entries of those that keep them.
struct EventDecoder: ~Copyable {
  /// A larger entry would not fit into a document of MongoDB (16 MB) together with what is around it.
  static let maximumEntryBytes = 12 << 20

  private var parser: EventParser
  private let names: Names
  private let journeys: JourneyPages
  private let locationIndex: Int
  private let deviceIndex: Int
  private let variantIndex: Int
  private var key: [UInt8] = []

  init(names: Names, journeys: JourneyPages) {
    parser = EventParser(rules: EventRules(channels: .platform))
    self.names = names
    self.journeys = journeys
    func place(_ name: String) -> Int { EventProperty.known.firstIndex { $0.name == name } ?? 0 }
    locationIndex = place("location")
    deviceIndex = place("device")
    variantIndex = place("variant")
  }

  mutating func decode(_ batch: EventBatch) -> DecodedBatch {
    // "Tomorrow" moves on while the program runs.
    parser.rules = EventRules(channels: .platform)
    let decoded = DecodedBatch(batch)
    var entries = BSONWriter(arrayReserving: batch.deliveries.count * 320)
    for (index, delivery) in batch.deliveries.enumerated() {
      do throws(EventError) {
        decoded.events.append(try decode(delivery, &entries))
      } catch {
        decoded.rejected.append(DecodedBatch.Rejected(delivery: index, error: error))
      }
    }
    decoded.entries = entries.takeWrittenBytes()
    return decoded
  }

  private mutating func decode(
    _ delivery: EventBatch.Delivery, _ entries: inout BSONWriter
  ) throws(EventError) -> DecodedEvent {
    let event = try parser.parse(delivery.bytes, capacity: delivery.capacity)
    let entry = try write(event, &entries)
    guard entry.count <= Self.maximumEntryBytes else { throw EventError(.tooLarge) }
    let touchpoint = names.code(of: event.type)
    let metric = names.metric(ofType: touchpoint)
    let countsForCampaign = metric != nil && event.campaignID != nil
    return DecodedEvent(
      id: event.id, source: delivery.source, offset: delivery.offset, journey: journey(of: event), entry: entry,
      timestamp: event.timestamp,
      revenue: metric == .conversions && event.amount != Money.none ? event.amount : 0, metric: metric,
      touchpoint: touchpoint, channel: names.code(of: event.channel), campaign: names.code(of: event.campaignID),
      location: countsForCampaign ? property(locationIndex) : Names.none,
      device: countsForCampaign ? property(deviceIndex) : Names.none,
      variant: countsForCampaign ? property(variantIndex) : Names.none)
  }

  private func property(_ index: Int) -> Int32 {
    guard case .text(let text) = parser.property(index), !text.isEmpty else { return Names.none }
    return names.code(of: text)
  }

  /// The journey's key: customer and month, a pure function of the event, so that a second delivery finds the first.
  private mutating func journey(of event: EventParser.Event) -> Int32 {
    let date = CivilDate(days: floorDivide(event.timestamp, 86_400_000_000))
    key.removeAll(keepingCapacity: true)
    key.append(contentsOf: event.customerID)
    key.append(UInt8(ascii: ":"))
    var number = Int(date.year) * 100 + Int(date.month)
    var place = key.count + 5
    key.append(contentsOf: repeatElement(0, count: 6))
    while place > key.count - 7 {
      key[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10)
      number /= 10
      place -= 1
    }
    return key.withUnsafeBytes { journeys.code(of: $0) }
  }

  private func write(_ event: EventParser.Event, _ entries: inout BSONWriter) throws(EventError) -> Range<Int> {
    entries.beginDocument(key: nil)
    let start = entries.byteCount - 4
    withUnsafeTemporaryAllocation(byteCount: 36, alignment: 1) { text in
      event.id.write(to: text)
      entries.append("event_id", utf8: UnsafeRawBufferPointer(text))
    }
    entries.append("touchpoint", utf8: event.type)
    if let campaign = event.campaignID { entries.append("campaign_id", utf8: campaign) }
    if let channel = event.channel { entries.append("channel", utf8: channel) }
    entries.append("timestamp", date: BSONDate(microseconds: event.timestamp))
    entries.append("timestamp_us", int64: event.timestamp)
    entries.beginDocument("data")
    let isWhole = writeData(&entries)
    entries.close()
    if let agent = event.userAgent { entries.append("user_agent", utf8: agent) }
    if let address = event.ipAddress { entries.append("ip_address", utf8: address) }
    if let referrer = event.referrer { entries.append("referrer", utf8: referrer) }
    entries.close()
    guard isWhole else { throw EventError(.invalidKey, "event_data") }
    return start..<entries.byteCount
  }

  /// The event's data, types kept. False if a key holds U+0000, which ends a key in BSON.
  private func writeData(_ entries: inout BSONWriter) -> Bool {
    var isWhole = true
    withUnsafeMutablePointer(to: &entries) { entries in
      parser.visitData { key, value in
        if let key, key.contains(0) { isWhole = false }
        switch value {
        case .null: entries.pointee.appendNull(key: key)
        case .bool(let value): entries.pointee.append(key: key, bool: value)
        case .integer(let value):
          // As drivers do: the smaller type where it fits.
          entries.pointee.append(key: key, type: Int32(exactly: value) == nil ? .int64 : .int32, int64: value)
        case .number(let value): entries.pointee.append(key: key, double: value)
        case .text(let text): entries.pointee.append(key: key, utf8: text)
        case .beginArray: entries.pointee.beginArray(key: key)
        case .beginObject: entries.pointee.beginDocument(key: key)
        case .end: entries.pointee.close()
        }
      }
    }
    return isWhole
  }
}
