/// Takes events in order of arrival and writes them as a journey store.
///
/// Holds about 60 bytes an event, and the distinct names once. Linear in events, but for the sort of the customers'
/// ids and of those journeys that did not arrive in time order.
package struct JourneyStoreBuilder: ~Copyable {
  package let properties: [EventProperty]
  /// Events dropped because their id had been seen.
  package private(set) var duplicates = 0

  var customers = StringTable(capacity: 1 << 10)
  var types = StringTable()
  var channels = StringTable()
  var campaigns = StringTable()
  var customerOfEvent: [Int32] = []
  var timestamps: [Int64] = []
  var typeCodes: [Int32] = []
  var channelCodes: [Int32] = []
  var campaignCodes: [Int32] = []
  var amounts: [Int64] = []
  var ids: [EventID] = []
  /// Asked for by name, so their columns are written even if no event has the key.
  let requested: Set<String>
  var columns: PropertyColumns
  private var seen = EventIDSet()

  /// - Parameter further: keys of `event_data` to keep beside the known ones.
  package init(properties further: [String] = []) {
    properties = EventProperty.all(and: further)
    requested = Set(further)
    columns = PropertyColumns(properties)
  }

  package var count: Int { timestamps.count }

  /// Adds an event; false when one with its id is there, which is then counted and not added.
  package mutating func append(
    customer: UnsafeRawBufferPointer, timestamp: Int64, type: UnsafeRawBufferPointer,
    channel: UnsafeRawBufferPointer?, campaign: UnsafeRawBufferPointer?, amount: Int64, id: EventID
  ) -> Bool {
    guard seen.insert(id) else {
      duplicates += 1
      return false
    }
    customerOfEvent.append(customers.code(of: customer))
    timestamps.append(timestamp)
    typeCodes.append(types.code(of: type))
    channelCodes.append(channel.map { channels.code(of: $0) } ?? -1)
    campaignCodes.append(campaign.map { campaigns.code(of: $0) } ?? -1)
    amounts.append(amount)
    ids.append(id)
    return true
  }

  /// Sets `properties[index]` of the event that was added last.
  package mutating func set(_ index: Int, text: UnsafeRawBufferPointer) {
    columns.set(index, event: count - 1, text: text)
  }

  /// Sets `properties[index]`, whose kind is money (minor units) or integer, of the event that was added last.
  package mutating func set(_ index: Int, number: Int64) {
    columns.set(index, event: count - 1, number: number)
  }
}

/// The property columns of a builder: an array cannot hold what cannot be copied.
struct PropertyColumns: ~Copyable {
  private let columns: UnsafeMutableBufferPointer<PropertyBuilder>

  init(_ properties: [EventProperty]) {
    columns = .allocate(capacity: properties.count)
    for (index, property) in properties.enumerated() {
      columns.initializeElement(at: index, to: PropertyBuilder(property))
    }
  }

  deinit {
    columns.deinitialize()
    columns.deallocate()
  }

  var count: Int { columns.count }

  func withColumn(_ index: Int, _ body: (borrowing PropertyBuilder) throws -> Void) rethrows {
    try body(columns[index])
  }

  mutating func set(_ index: Int, event: Int, text: UnsafeRawBufferPointer) { columns[index].set(event, text: text) }

  mutating func set(_ index: Int, event: Int, number: Int64) { columns[index].set(event, number: number) }
}
