/// Turns a record into the bytes of its event: the same bytes each time.
///
/// What the record does not hold (pages, products, which fields are missing) comes from a hash of the event.
struct EventWriter: Sendable {
  private let seed: UInt64
  let catalogue: Catalogue
  let campaigns: CampaignTexts
  /// `YYYY-MM-DDT` of each day from the one before the window on, eleven bytes each.
  private let dates: TextTable
  /// Midnight UTC of the first of them.
  private let firstDate: Int64

  init(_ configuration: GeneratorConfiguration, plan: CampaignPlan) {
    seed = configuration.seed
    catalogue = Catalogue(seed: configuration.seed)
    campaigns = CampaignTexts(plan)
    let first = configuration.start + -1
    firstDate = Int64(first.daysSince1970) * Simulation.microsecondsPerDay
    var dates = TextTable()
    for day in 0..<configuration.days + 2 { dates.append("\(first + day)T") }
    self.dates = dates
  }

  /// The UUID of a customer.
  @inline(__always)
  func writeCustomer(_ customer: UInt32, to writer: inout ByteWriter) {
    let (high, low) = Simulation.customerUUID(Int(customer), of: seed)
    writer.uuid(high, low)
  }

  /// The id of an event, an order or anything else that a customer has many of.
  @inline(__always)
  static func writeID(_ customerSeed: UInt64, _ number: UInt64, to writer: inout ByteWriter) {
    writer.uuid(Mix.hash(customerSeed &+ Mix.golden, number), Mix.hash(~customerSeed &+ Mix.golden, number))
  }

  func write(_ record: EventRecord, to writer: inout ByteWriter) {
    let customerSeed = Simulation.customerSeed(Int(record.customer), of: seed)
    let bits = Mix.hash(customerSeed &- Mix.golden, UInt64(record.ordinal))
    let bad = record.delivery >= EventRecord.bad ? BadEventKind(rawValue: record.delivery - EventRecord.bad) : nil
    let start = writer.end
    if bad == .nonObject {
      writer.text("[\"not an object\"]")
      return
    }
    writeIdentity(record, bad, customerSeed, to: &writer)
    writeTime(record, bad, to: &writer)
    writePlace(record, bad, bits, to: &writer)
    writer.text(",\"event_data\":")
    switch bad {
    case .negativeAmount?: writer.text("{\"amount\":-125.50}")
    case .malformedEventData?: writer.text("\"none\"")
    case .invalidUTF8?:
      writer.text("{\"page\":\"")
      writer.byte(0xFF)
      writer.text("\"}")
    default: writeData(record, customerSeed, bits, to: &writer)
    }
    writeOrigin(record, customerSeed, bits, to: &writer)
    writer.byte(UInt8(ascii: "}"))
    // Somewhere in the middle: what is left is no JSON, for the outermost brace never closes.
    if bad == .truncated { writer.cut(to: start + (writer.end - start) * Int(40 + bits % 50) / 100) }
  }

  private func writeIdentity(
    _ record: EventRecord, _ bad: BadEventKind?, _ customerSeed: UInt64, to writer: inout ByteWriter
  ) {
    // A bad event has an id of its own, or a reader who drops duplicates would never look at it.
    let number = UInt64(record.ordinal) | (bad == nil ? 0 : 1 << 40)
    switch bad {
    case .missingID?: writer.byte(UInt8(ascii: "{"))
    case .malformedID?:
      writer.text("{\"id\":\"event-")
      writer.decimal(Int64(record.ordinal))
      writer.text("\",")
    default:
      writer.text("{\"id\":\"")
      Self.writeID(customerSeed, number, to: &writer)
      writer.text("\",")
    }
    if bad != .missingCustomer {
      writer.text("\"customer_id\":\"")
      writeCustomer(record.customer, to: &writer)
      writer.text("\",")
    }
    writer.text("\"event_type\":\"")
    if bad != .emptyEventType, let type = GeneratedEventType(rawValue: record.type) { writer.text(type.staticName) }
  }

  private func writeTime(_ record: EventRecord, _ bad: BadEventKind?, to writer: inout ByteWriter) {
    writer.text("\",\"timestamp\":\"")
    switch bad {
    case .malformedTimestamp?:
      writer.text(record.ordinal & 1 == 0 ? "2025-02-30T25:61:00Z" : "2025-01-15 10:30:00")
    case .timestampOutOfRange?:
      writer.text(record.ordinal & 1 == 0 ? "1969-12-31T23:59:59Z" : "2999-01-01T00:00:00Z")
    default:
      // The app says local time with its offset and milliseconds, a browser microseconds, servers milliseconds.
      switch GeneratedEventType(rawValue: record.type) {
      case .pushOpened?, .smsClicked?:
        writeTimestamp(record.timestamp + Simulation.zoneOffset, digits: 3, to: &writer)
        writer.text("+06:00")
      case .pageView?, .cartAdded?, .purchase?, .loyaltyRedeemed?:
        writeTimestamp(record.timestamp, digits: 6, to: &writer)
        writer.byte(UInt8(ascii: "Z"))
      default:
        writeTimestamp(record.timestamp, digits: 3, to: &writer)
        writer.byte(UInt8(ascii: "Z"))
      }
    }
    writer.byte(UInt8(ascii: "\""))
  }

  /// Date and time of day with 3 or 6 digits of the second.
  private func writeTimestamp(_ time: Int64, digits: Int, to writer: inout ByteWriter) {
    let (day, ofDay) = (time - firstDate).quotientAndRemainder(dividingBy: Simulation.microsecondsPerDay)
    writer.text(Int(day), of: dates)
    let (second, fraction) = ofDay.quotientAndRemainder(dividingBy: 1_000_000)
    writer.decimal(second / 3600, digits: 2)
    writer.byte(UInt8(ascii: ":"))
    writer.decimal(second / 60 % 60, digits: 2)
    writer.byte(UInt8(ascii: ":"))
    writer.decimal(second % 60, digits: 2)
    writer.byte(UInt8(ascii: "."))
    writer.decimal(digits == 3 ? fraction / 1000 : fraction, digits: digits)
  }

  /// Campaign and channel: absent in some events, null in others, as clients differ.
  private func writePlace(
    _ record: EventRecord, _ bad: BadEventKind?, _ bits: UInt64, to writer: inout ByteWriter
  ) {
    if record.campaign >= 0 {
      writer.text(",\"campaign_id\":\"")
      writer.text(Int(record.campaign), of: campaigns.ids)
      writer.byte(UInt8(ascii: "\""))
    } else if bits & 1 == 0 {
      writer.text(",\"campaign_id\":null")
    }
    if bad == .unknownChannel {
      writer.text(",\"channel\":\"carrier_pigeon\"")
    } else if let channel = GeneratedChannel(rawValue: record.channel) {
      writer.text(",\"channel\":\"")
      writer.text(channel.staticName)
      writer.byte(UInt8(ascii: "\""))
    } else if bits & 2 == 0 {
      writer.text(",\"channel\":null")
    }
  }

  /// User agent, address and referrer of what happened in a browser or the app; some hide them.
  private func writeOrigin(
    _ record: EventRecord, _ customerSeed: UInt64, _ bits: UInt64, to writer: inout ByteWriter
  ) {
    switch GeneratedEventType(rawValue: record.type) {
    case .pageView?, .purchase?, .signup?, .adClick?, .emailClicked?, .pushOpened?: break
    default: return
    }
    if bits >> 8 & 7 < 5 {
      writer.text(",\"user_agent\":\"")
      let agent = record.type == GeneratedEventType.pushOpened.rawValue ? Population.devices.count : Int(record.device)
      writer.text(Population.userAgents[agent])
      writer.byte(UInt8(ascii: "\""))
    }
    if bits >> 11 & 7 < 6 {
      writer.text(",\"ip_address\":\"103.")
      writer.decimal(Int64(customerSeed >> 8 & 0x7F) + 48)
      writer.byte(UInt8(ascii: "."))
      writer.decimal(Int64(customerSeed >> 16 & 0xFF))
      writer.byte(UInt8(ascii: "."))
      writer.decimal(Int64(bits >> 16 & 0x3F) + 1)
      writer.byte(UInt8(ascii: "\""))
    }
    switch GeneratedChannel(rawValue: record.channel) {
    case .organicSearch?, .paidSearch?: writer.text(",\"referrer\":\"https://www.google.com/\"")
    case .socialMedia?: writer.text(",\"referrer\":\"https://m.facebook.com/\"")
    default: break
    }
  }
}
