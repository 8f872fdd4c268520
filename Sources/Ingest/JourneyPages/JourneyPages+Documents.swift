import Journeys
import Stores

/// How pages look in MongoDB.
extension JourneyPages {
  /// `customer:yyyymm:page`, the page in six digits, so that a customer's ids sort by time.
  func id(_ journey: Int32, page: Int) -> [UInt8] {
    withKey(journey) { key in
      [UInt8](unsafeUninitializedCapacity: key.count + 7) { id, count in
        count = key.count + 7
        UnsafeMutableRawBufferPointer(id).copyMemory(from: key)
        id[key.count] = UInt8(ascii: ":")
        var rest = page
        for place in stride(from: count - 1, to: key.count, by: -1) {
          id[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
          rest /= 10
        }
      }
    }
  }

  func insert(
    _ page: JourneyPage, _ journey: Int32, _ fresh: [Int], _ batch: DecodedBatch, into bulk: inout BulkWrite
  ) {
    bulk.insert { document in
      id(journey, page: page.number).withUnsafeBytes { document.append("_id", utf8: $0) }
      appendCustomer(journey, &document)
      document.beginArray("journey_data")
      append(fresh, batch, &document)
      document.close()
      append(page, &document)
    }
  }

  func update(
    _ page: JourneyPage, _ journey: Int32, from revision: Int64, _ fresh: [Int], _ batch: DecodedBatch,
    into bulk: inout BulkWrite
  ) {
    bulk.update { filter in
      id(journey, page: page.number).withUnsafeBytes { filter.append("_id", utf8: $0) }
      filter.append("revision", int64: revision)
    } _: { operators in
      operators.beginDocument("$push")
      operators.beginDocument("journey_data")
      operators.beginArray("$each")
      append(fresh, batch, &operators)
      operators.close()
      operators.close()
      operators.close()
      operators.beginDocument("$set")
      append(page, &operators)
      operators.close()
    }
  }

  /// A page of one entry: its id names the event, so that it is there once by itself.
  func insertLarge(_ place: Int, _ batch: DecodedBatch, into bulk: inout BulkWrite) {
    let event = batch.events[place]
    var page = JourneyPage()
    page.insert(JourneyPage.Touch(event))
    page.revenue = event.revenue
    bulk.insert { document in
      let id = withKey(event.journey) { [UInt8]($0) } + [UInt8(ascii: ":")] + Array(event.id.description.utf8)
      id.withUnsafeBytes { document.append("_id", utf8: $0) }
      appendCustomer(event.journey, &document)
      document.beginArray("journey_data")
      append([place], batch, &document)
      document.close()
      append(page, &document)
    }
  }

  private func appendCustomer(_ journey: Int32, _ document: inout BSONWriter) {
    // The key without ":yyyymm".
    withKey(journey) { document.append("customer_id", utf8: UnsafeRawBufferPointer(rebasing: $0.dropLast(7))) }
  }

  private func append(_ places: [Int], _ batch: DecodedBatch, _ list: inout BSONWriter) {
    batch.entries.withUnsafeBytes { entries in
      for place in places {
        list.append(document: UnsafeRawBufferPointer(rebasing: entries[batch.events[place].entry]))
      }
    }
  }

  /// What follows from the page's entries.
  private func append(_ page: JourneyPage, _ document: inout BSONWriter) {
    let attribution = PageAttribution(page.touches, names)
    document.beginDocument("attribution")
    if let first = attribution.firstTouch { names.withText(first) { document.append("first_touch", utf8: $0) } }
    if let last = attribution.lastTouch { names.withText(last) { document.append("last_touch", utf8: $0) } }
    document.beginArray("conversion_path")
    for step in attribution.path { names.withText(step) { document.append(utf8: $0) } }
    document.close()
    document.close()
    document.append("customer_lifetime_value", double: Money.major(page.revenue))
    document.append("revision", int64: page.revision)
    document.append("updated_at", date: .now)
  }
}
