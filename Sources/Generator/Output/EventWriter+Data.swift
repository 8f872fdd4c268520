extension EventWriter {
  /// `event_data`: the keys that belong to the type, each missing now and then where clients forget it.
  func writeData(_ record: EventRecord, _ customerSeed: UInt64, _ bits: UInt64, to writer: inout ByteWriter) {
    writer.byte(UInt8(ascii: "{"))
    var data = DataWriter(record: record, bits: bits)
    switch GeneratedEventType(rawValue: record.type) {
    case .emailSent?, .emailOpened?:
      writeSubject(record, &data, to: &writer)
      writeMessage(record, &data, to: &writer)
    case .emailDelivered?, .emailBounced?, .emailClicked?, .emailUnsubscribed?, .smsSent?, .smsDelivered?, .smsFailed?,
      .smsClicked?, .smsOptedOut?, .pushSent?, .pushOpened?:
      writeMessage(record, &data, to: &writer)
    case .adImpression?, .adClick?:
      data.variant(to: &writer)
      data.cost(to: &writer)
      data.whereabouts(to: &writer)
    case .affiliateClick?:
      data.name("affiliate_code", to: &writer)
      writer.text("\"PARTNER")
      writer.decimal(Int64(bits >> 20 & 0xFF) % 24 + 1, digits: 2)
      writer.byte(UInt8(ascii: "\""))
      data.cost(to: &writer)
      data.whereabouts(to: &writer)
    case .pageView?:
      data.name("page", to: &writer)
      writePage(record, bits, to: &writer)
      data.whereabouts(to: &writer)
    case .cartAdded?:
      writeProducts(record, bits, &data, to: &writer)
      data.whereabouts(to: &writer)
    case .purchase?:
      writeOrder(record, customerSeed, &data, to: &writer)
      data.name("amount", to: &writer)
      writer.money(record.amount)
      if bits >> 24 & 7 != 0 {
        data.name("currency", to: &writer)
        writer.text("\"BDT\"")
      }
      writeProducts(record, bits, &data, to: &writer)
      data.whereabouts(to: &writer)
    case .loyaltyEarned?, .loyaltyRedeemed?:
      data.name("points", to: &writer)
      writer.decimal(record.amount)
      data.name("loyalty_program_id", to: &writer)
      writer.text(0, of: catalogue.loyaltyProgram)
      if record.order > 0 { writeOrder(record, customerSeed, &data, to: &writer) }
    case .experimentAssigned?:
      writeExperiment(record, &data, to: &writer)
    case .signup?, nil:
      data.whereabouts(to: &writer)
    }
    writer.byte(UInt8(ascii: "}"))
  }

  private func writeSubject(_ record: EventRecord, _ data: inout DataWriter, to writer: inout ByteWriter) {
    guard data.bits >> 28 & 15 != 0 else { return }
    data.name("subject", to: &writer)
    writer.text(Int(record.campaign), of: record.flags & 2 == 0 ? campaigns.subjects : campaigns.subjectsBangla)
  }

  private func writeMessage(_ record: EventRecord, _ data: inout DataWriter, to writer: inout ByteWriter) {
    data.variant(to: &writer)
    switch GeneratedChannel(rawValue: record.channel) {
    case .email?:
      data.name("email_campaign_id", to: &writer)
      writer.text(Int(record.campaign), of: campaigns.children)
    case .sms?:
      data.name("sms_campaign_id", to: &writer)
      writer.text(Int(record.campaign), of: campaigns.children)
      data.name("carrier", to: &writer)
      data.quoted(Population.carriers.names[Int(record.carrier)], to: &writer)
    default: break
    }
    data.cost(to: &writer)
    switch GeneratedEventType(rawValue: record.type) {
    case .emailOpened?, .emailClicked?, .smsClicked?, .pushOpened?: data.whereabouts(to: &writer)
    default: break
    }
  }

  private func writeExperiment(_ record: EventRecord, _ data: inout DataWriter, to writer: inout ByteWriter) {
    guard let channel = GeneratedChannel(rawValue: record.channel) else { return }
    data.name("experiment", to: &writer)
    writer.byte(UInt8(ascii: "\""))
    writer.text(channel.staticName)
    writer.text("_holdout\"")
    data.name("group", to: &writer)
    data.quoted(record.flags & 4 == 0 ? "treatment" : "holdout", to: &writer)
  }

  private func writePage(_ record: EventRecord, _ bits: UInt64, to writer: inout ByteWriter) {
    if record.campaign >= 0 {
      writer.text(Int(record.campaign), of: campaigns.pages)
      return
    }
    switch bits >> 32 & 7 {
    case 0: writer.text("\"/\"")
    case 1: writer.text("\"/search\"")
    case 2...4:
      writer.text("\"/")
      writer.text(Population.categories[category(record, bits)])
      writer.byte(UInt8(ascii: "\""))
    default:
      writer.text("\"/p/")
      writer.decimal(Int64(product(record, bits)) + 1000)
      writer.byte(UInt8(ascii: "\""))
    }
  }

  private func writeOrder(
    _ record: EventRecord, _ customerSeed: UInt64, _ data: inout DataWriter, to writer: inout ByteWriter
  ) {
    data.name("order_id", to: &writer)
    writer.byte(UInt8(ascii: "\""))
    Self.writeID(customerSeed, UInt64(record.order) | 1 << 41, to: &writer)
    writer.byte(UInt8(ascii: "\""))
  }

  /// One to four products and the categories they are of, each category once.
  private func writeProducts(
    _ record: EventRecord, _ bits: UInt64, _ data: inout DataWriter, to writer: inout ByteWriter
  ) {
    let count = [1, 1, 1, 1, 2, 2, 3, 4][Int(bits >> 36 & 7)]
    data.name("products", to: &writer)
    writer.byte(UInt8(ascii: "["))
    for item in 0..<count {
      if item > 0 { writer.byte(UInt8(ascii: ",")) }
      writer.text(product(record, Mix.splitMix(bits &+ UInt64(item))), of: catalogue.products)
    }
    writer.byte(UInt8(ascii: "]"))
    guard bits >> 40 & 15 != 0 else { return }
    data.name("categories", to: &writer)
    writer.byte(UInt8(ascii: "["))
    var seen = 0
    for item in 0..<count {
      let category = product(record, Mix.splitMix(bits &+ UInt64(item))) % Population.categories.count
      guard seen & 1 << category == 0 else { continue }
      if seen != 0 { writer.byte(UInt8(ascii: ",")) }
      seen |= 1 << category
      data.quoted(Population.categories[category], to: &writer)
    }
    writer.byte(UInt8(ascii: "]"))
  }

  /// The customer's favourite category more often than not.
  private func category(_ record: EventRecord, _ bits: UInt64) -> Int {
    bits >> 44 & 7 < 5 ? Int(record.category) : Int(bits >> 48) % Population.categories.count
  }

  private func product(_ record: EventRecord, _ bits: UInt64) -> Int {
    let categories = Population.categories.count
    return Int(bits >> 52) % (Population.productCount / categories) * categories + category(record, bits)
  }
}

/// Writes the members of one `event_data` object.
private struct DataWriter {
  let record: EventRecord
  let bits: UInt64
  private var isFirst = true

  init(record: EventRecord, bits: UInt64) {
    self.record = record
    self.bits = bits
  }

  @inline(__always)
  mutating func name(_ name: StaticString, to writer: inout ByteWriter) {
    if isFirst { isFirst = false } else { writer.byte(UInt8(ascii: ",")) }
    writer.byte(UInt8(ascii: "\""))
    writer.text(name)
    writer.text("\":")
  }

  func quoted(_ text: StaticString, to writer: inout ByteWriter) {
    writer.byte(UInt8(ascii: "\""))
    writer.text(text)
    writer.byte(UInt8(ascii: "\""))
  }

  mutating func variant(to writer: inout ByteWriter) {
    name("variant", to: &writer)
    writer.text(record.flags & 1 == 0 ? "\"variant_a\"" : "\"variant_b\"")
  }

  mutating func cost(to writer: inout ByteWriter) {
    guard let type = GeneratedEventType(rawValue: record.type) else { return }
    let cost = type.cost(on: GeneratedChannel(rawValue: record.channel))
    guard cost > 0 else { return }
    name("cost", to: &writer)
    writer.money(cost)
  }

  /// Device and location.
  mutating func whereabouts(to writer: inout ByteWriter) {
    if bits >> 2 & 15 != 0 {
      name("device", to: &writer)
      quoted(Population.devices.names[Int(record.device)], to: &writer)
    }
    if bits >> 56 & 15 != 0 {
      name("location", to: &writer)
      quoted(Population.locations.names[Int(record.location)], to: &writer)
    }
  }
}
