import Foundation

/// Customer journeys in columns: events sorted by customer (by the bytes of the id), time and order of arrival.
///
/// A directory of `.npy` files and a manifest, opened by memory map. Customer `c` has the events
/// `offsets[c]..<offsets[c + 1]` of every event column. It is a disposable copy of the system of record:
/// built whole, never changed, replaced by rename.
public final class JourneyStore: Sendable {
  public let directory: URL
  public let manifest: StoreManifest
  /// customers + 1 places in the event columns.
  public let offsets: Column<Int64>
  /// Microseconds since 1970 UTC.
  public let timestamps: Column<Int64>
  /// Codes into `eventTypeNames`.
  public let eventTypes: Column<Int32>
  /// Codes into `channelNames`, -1 for none.
  public let channels: Column<Int32>
  /// Codes into `campaignNames`, -1 for none.
  public let campaigns: Column<Int32>
  /// Minor units, `Money.none` for none.
  public let amounts: Column<Int64>
  /// 16 bytes an event; zeros for none.
  public let eventIDs: Column<UInt8>
  public let eventTypeNames: NameTable
  public let channelNames: NameTable
  public let campaignNames: NameTable
  /// All mapped when the store is opened: a store that replaces this one under its name does not show through.
  private let properties: [String: Property]
  private let customerIDs: Column<UInt8>
  private let customerIDOffsets: Column<Int64>

  public var customerCount: Int { manifest.customers }
  public var eventCount: Int { manifest.events }

  /// Opens a store and holds it against its manifest: a truncated or foreign directory is refused.
  ///
  /// - Throws: `JourneyError` `.unreadable`, `.foreignStore` or `.damagedStore`.
  public init(_ directory: URL) throws(JourneyError) {
    let manifest = try Self.readManifest(directory)
    let files = StoreFiles(directory: directory, manifest: manifest)
    self.directory = directory
    self.manifest = manifest
    offsets = try files.column("offsets", count: manifest.customers + 1)
    timestamps = try files.column("timestamp", count: manifest.events)
    eventTypes = try files.column("event_type", count: manifest.events)
    channels = try files.column("channel", count: manifest.events)
    campaigns = try files.column("campaign_id", count: manifest.events)
    amounts = try files.column("amount", count: manifest.events)
    eventIDs = try files.column("event_id", count: manifest.events * 16)
    customerIDOffsets = try files.column("customer_id_offsets", count: manifest.customers + 1)
    try files.checkOffsets(customerIDOffsets, "customer_id_offsets", end: nil)
    customerIDs = try files.column("customer_id", count: Int(customerIDOffsets[manifest.customers]))
    eventTypeNames = try files.names("event_type")
    channelNames = try files.names("channel")
    campaignNames = try files.names("campaign_id")
    var properties: [String: Property] = [:]
    for column in manifest.columns { properties[column.name] = try files.property(column) }
    self.properties = properties
    try files.checkOffsets(offsets, "offsets", end: manifest.events)
  }

  /// The events of customer `index`.
  @inlinable public func events(of index: Int) -> Range<Int> {
    Int(offsets[index])..<Int(offsets[index + 1])
  }

  public func customerID(_ index: Int) -> String {
    String(decoding: customerIDBytes(index), as: UTF8.self)
  }

  /// The place of a customer, found by bisection over the sorted ids; nil when there is none.
  public func customerIndex(of id: String) -> Int? {
    let wanted = Array(id.utf8)
    var low = 0
    var high = customerCount
    while low < high {
      let middle = (low + high) / 2
      if customerIDBytes(middle).lexicographicallyPrecedes(wanted) { low = middle + 1 } else { high = middle }
    }
    return low < customerCount && customerIDBytes(low).elementsEqual(wanted) ? low : nil
  }

  private func customerIDBytes(_ index: Int) -> Slice<UnsafeBufferPointer<UInt8>> {
    customerIDs.buffer[Int(customerIDOffsets[index])..<Int(customerIDOffsets[index + 1])]
  }

  /// A column of a further key of `event_data`, of whichever kind it has.
  public enum Property: Sendable {
    /// Codes, -1 for none, and what they mean.
    case names(Column<Int32>, NameTable)
    /// Minor units, `Money.none` for none.
    case money(Column<Int64>)
    /// Whole numbers, `Money.none` (the smallest int64) for none.
    case integers(Column<Int64>)
  }

  /// The names of all columns that can be asked for by `property(_:)`.
  public var propertyNames: [String] {
    manifest.columns.map(\.name).filter { properties[$0] != nil }
  }

  /// The column of a key of `event_data`, or one of `event_type`, `channel`, `campaign_id`, `amount`.
  ///
  /// - Throws: `.unknownName` with the names there are.
  public func property(_ name: String) throws(JourneyError) -> Property {
    guard let property = properties[name] else {
      throw JourneyError(
        .unknownName,
        "journey store \(directory.path) has no column '\(name)'; it has \(propertyNames.joined(separator: ", ")). "
          + "A further key of event_data is kept by 'import --property'")
    }
    return property
  }

  /// Reads every byte and compares the checksums: what opening does not do.
  public func verify() throws(JourneyError) {
    for column in manifest.columns {
      let file = try MappedFile(directory.appending(path: column.file))
      guard CRC32.of(file.bytes) == column.crc32 else {
        throw JourneyError(
          .damagedStore, "verify \(directory.path): \(column.file) does not have the checksum of the manifest")
      }
    }
  }

  private static func readManifest(_ directory: URL) throws(JourneyError) -> StoreManifest {
    let url = directory.appending(path: StoreFiles.manifestName)
    guard FileManager.default.fileExists(atPath: directory.path) else {
      throw JourneyError(
        .unreadable, "open journey store \(directory.path): no such directory; create one with 'import' or 'snapshot'")
    }
    guard let data = FileManager.default.contents(atPath: url.path) else {
      throw JourneyError(
        .foreignStore, "open journey store \(directory.path): it has no readable manifest.json, so it is none")
    }
    struct Header: Decodable { var format: String?, version: Int? }
    guard let header = try? JSONDecoder().decode(Header.self, from: data), header.format == StoreManifest.format else {
      throw JourneyError(
        .foreignStore, "open journey store \(directory.path): manifest.json is not that of a journey store")
    }
    guard header.version == StoreManifest.version else {
      throw JourneyError(
        .foreignStore,
        "open journey store \(directory.path): format version \(header.version.map(String.init) ?? "missing"), "
          + "this program reads version \(StoreManifest.version): create it again")
    }
    guard let manifest = try? JSONDecoder().decode(StoreManifest.self, from: data),
      manifest.customers >= 0, manifest.events >= 0
    else {
      throw JourneyError(.damagedStore, "open journey store \(directory.path): manifest.json is damaged")
    }
    return manifest
  }
}
