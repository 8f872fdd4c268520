/// A mapping, resolved against the header of a file: where each field of the event is.
struct CSVRow {
  enum Place {
    case column(Int)
    case constant(ConstantBytes)
  }

  struct Text { let index: Int, place: Place }
  struct Number { let index: Int, place: Place, name: String, isMoney: Bool }

  let fieldCount: Int
  let customer: Place?
  let timestamp: Place?
  let type: Place?
  let channel: Place?
  let campaign: Place?
  let amount: Place?
  let id: Place?
  let conversionFlag: Place?
  let amountProduct: (Place, Place)?
  let texts: [Text]
  let numbers: [Number]
  let timestampFormat: TimestampFormat
  let inputTimeZone: ZonedCalendar
  let conversionType = ConstantBytes(CSVMapping.conversionType)

  /// - Throws: `JourneyError.unknownName` for a column that the header does not have.
  init(
    header: [String], _ file: String, _ mapping: CSVMapping, _ properties: [EventProperty]
  ) throws(JourneyError) {
    func column(_ name: String) throws(JourneyError) -> Place {
      guard let index = header.firstIndex(of: name) else {
        throw JourneyError(
          .unknownName, "read \(file): no column '\(name)'; the header has \(header.joined(separator: ", "))")
      }
      return .column(index)
    }
    var places: [String: Place] = [:]
    for (field, value) in mapping.constants { places[field] = .constant(ConstantBytes(value)) }
    for (field, name) in mapping.columns { places[field] = try column(name) }
    fieldCount = header.count
    customer = places["customer_id"]
    timestamp = places["timestamp"]
    channel = places["channel"]
    campaign = places["campaign_id"]
    amount = places["amount"]
    id = places["id"]
    conversionFlag = if let name = mapping.conversionFlag { try column(name) } else { nil }
    type = places["event_type"] ?? (conversionFlag == nil ? nil : .constant(ConstantBytes(CSVMapping.touchType)))
    amountProduct = if let (left, right) = mapping.amountProduct { (try column(left), try column(right)) } else { nil }
    var texts: [Text] = []
    var numbers: [Number] = []
    for (index, property) in properties.enumerated() {
      guard let place = places[property.name] else { continue }
      if property.kind == .dictionary {
        texts.append(Text(index: index, place: place))
      } else {
        numbers.append(Number(index: index, place: place, name: property.name, isMoney: property.kind == .money))
      }
    }
    self.texts = texts
    self.numbers = numbers
    timestampFormat = mapping.timestampFormat
    inputTimeZone = mapping.inputTimeZone
  }
}

/// A text that does not move, for values that every row has.
final class ConstantBytes {
  let bytes: UnsafeRawBufferPointer

  init(_ text: String) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, text.utf8.count), alignment: 1)
    copy.copyBytes(from: text.utf8)
    bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(copy)[..<text.utf8.count])
  }

  deinit { bytes.deallocate() }
}
