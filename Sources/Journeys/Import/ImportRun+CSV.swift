extension ImportRun {
  mutating func readCSV(_ source: consuming ByteSource, _ mapping: CSVMapping) throws {
    var csv = CSVReader(source, delimiter: mapping.delimiter)
    guard try csv.next() else {
      throw JourneyError(.unreadable, "read \(csv.name): the file is empty; a header line is expected")
    }
    let row = try CSVRow(header: (0..<csv.fieldCount).map { csv.text($0) }, csv.name, mapping, builder.properties)
    while try csv.next() {
      try count(csv.position)
      do throws(EventError) {
        guard csv.fieldCount == row.fieldCount else { throw EventError(.malformedCSV, "the record") }
        try add(csv, row)
      } catch {
        reject(error, csv.name, csv.line)
      }
    }
    finishFile(csv.position)
  }

  /// Adds the events of a record: its touch, its conversion, or both.
  private mutating func add(_ csv: borrowing CSVReader, _ row: CSVRow) throws(EventError) {
    func value(_ place: CSVRow.Place?) -> UnsafeRawBufferPointer? {
      switch place {
      case .column(let index):
        let text = csv.field(index)
        return text.isEmpty ? nil : text
      case .constant(let text): return text.bytes
      case nil: return nil
      }
    }
    guard let customer = value(row.customer) else { throw EventError(.missingField, "customer_id") }
    try rules.check(customerID: customer)
    guard let time = value(row.timestamp) else { throw EventError(.missingField, "timestamp") }
    guard let timestamp = row.timestampFormat.microseconds(time, in: row.inputTimeZone) else {
      throw EventError(.invalidTimestamp, "timestamp")
    }
    try rules.check(timestamp: timestamp)
    let channel = value(row.channel)
    if let channel { try rules.check(channel: channel) }
    let campaign = value(row.campaign)
    let amount = try self.amount(row, value)
    let id = value(row.id)
    let isConversion = value(row.conversionFlag).map(Self.isTrue) ?? false

    let numbers = try row.numbers.map { number throws(EventError) in
      (number.index, try Self.number(value(number.place), number))
    }
    func setProperties() {
      for property in row.texts {
        if let text = value(property.place) { builder.set(property.index, text: text) }
      }
      for case (let index, let number?) in numbers { builder.set(index, number: number) }
    }
    if amount?.inexact ?? false { rounded += 1 }
    // A flagged row without a channel or campaign is a conversion alone.
    if !isConversion || channel != nil || campaign != nil {
      guard let type = value(row.type) else { throw EventError(.missingField, "event_type") }
      try rules.check(eventType: type)
      let added = builder.append(
        customer: customer, timestamp: timestamp, type: type, channel: channel, campaign: campaign,
        amount: isConversion ? Money.none : amount?.minor ?? Money.none, id: id.map { EventID(anyText: $0) } ?? .none)
      if added { setProperties() }
    }
    if isConversion {
      let added = builder.append(
        customer: customer, timestamp: timestamp, type: row.conversionType.bytes, channel: channel, campaign: campaign,
        amount: amount?.minor ?? Money.none, id: id.map { EventID(anyText: $0).ofConversion } ?? .none)
      if added { setProperties() }
    }
  }

  private func amount(
    _ row: CSVRow, _ value: (CSVRow.Place?) -> UnsafeRawBufferPointer?
  ) throws(EventError) -> Money.Rounded? {
    var decimal: DecimalText
    if let (left, right) = row.amountProduct {
      guard let left = value(left), let right = value(right) else { return nil }
      guard let first = DecimalText(left), let second = DecimalText(right) else {
        throw EventError(.wrongType, "amount")
      }
      guard let product = first * second else { throw EventError(.amountOutOfRange, "amount") }
      decimal = product
    } else {
      guard let text = value(row.amount) else { return nil }
      guard let number = DecimalText(text) else { throw EventError(.wrongType, "amount") }
      decimal = number
    }
    guard decimal.mantissa >= 0 else { throw EventError(.negativeAmount, "amount") }
    guard let rounded = decimal.minor else { throw EventError(.amountOutOfRange, "amount") }
    return rounded
  }

  private static func number(_ text: UnsafeRawBufferPointer?, _ number: CSVRow.Number) throws(EventError) -> Int64? {
    guard let text else { return nil }
    guard let decimal = DecimalText(text) else { throw EventError(.wrongType, number.name) }
    if number.isMoney {
      guard decimal.mantissa >= 0 else { throw EventError(.negativeAmount, number.name) }
      guard let rounded = decimal.minor else { throw EventError(.amountOutOfRange, number.name) }
      return rounded.minor
    }
    guard let whole = decimal.scaled(by: 1) else { throw EventError(.amountOutOfRange, number.name) }
    return whole
  }

  private static func isTrue(_ text: UnsafeRawBufferPointer) -> Bool {
    ["1", "true", "yes", "y", "t"].contains(String(decoding: text, as: UTF8.self).lowercased())
  }
}

extension EventID {
  /// A UUID, or a 128-bit digest (as a UUID of version 8) of an id that is none: other people's files have any.
  init(anyText text: UnsafeRawBufferPointer) {
    if let id = EventID(text) {
      self = id
      return
    }
    var high: UInt64 = 0xcbf2_9ce4_8422_2325
    var low: UInt64 = 0x9e37_79b9_7f4a_7c15
    for byte in text {
      high = (high ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
      let product = (low ^ UInt64(byte) &+ 1).multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
      low = product.high ^ product.low ^ high
    }
    self.init(high: high & ~0xf000 | 0x8000, low: low & ~(0xc0 << 56) | 0x80 << 56)
  }

  /// The id of the conversion of a row whose touch has this one.
  var ofConversion: EventID { EventID(high: high ^ 0x5555_5555_5555_0555, low: low) }
}
