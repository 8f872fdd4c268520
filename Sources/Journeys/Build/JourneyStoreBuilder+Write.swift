import Foundation

extension JourneyStoreBuilder {
  /// Longer dictionaries go into files of their own, so that opening a store stays fast.
  private static let inlineNames = 1000

  /// Sorts, writes all columns under a temporary name and puts them in place of `directory` by rename.
  ///
  /// An existing journey store is replaced; anything else that lies there is left and refused.
  ///
  /// - Throws: `JourneyError.unwritable`; nothing half written stays.
  package consuming func write(to directory: URL, source: StoreManifest.Source) throws -> StoreManifest {
    // Nobody wants nothing in place of something: it is a wrong file, format or database.
    guard count > 0 || !StoreReplacement.wouldReplaceEvents(at: directory) else {
      throw JourneyError(
        .unwritable,
        "write journey store \(directory.path): no event was found, and the store there has some; it is left as it is. "
          + "Look at the source, or remove the store")
    }
    let replaced = try StoreReplacement(directory)
    do {
      let manifest = try writeColumns(to: replaced.temporary, source: source)
      try replaced.commit()
      return manifest
    } catch {
      replaced.discard()
      throw error
    }
  }

  private consuming func writeColumns(to folder: URL, source: StoreManifest.Source) throws -> StoreManifest {
    let order = JourneyOrder(
      customerOfEvent: customerOfEvent, timestamps: timestamps, customers: customers.sortedCodes())
    var entries: [StoreManifest.Column] = []

    func add<Element: NpyElement>(
      _ name: String, file: String? = nil, _ kind: StoreManifest.Kind, of type: Element.Type, count: Int,
      _ write: (URL) throws -> UInt32
    ) throws {
      let file = file ?? "\(name).npy"
      entries.append(
        StoreManifest.Column(
          name: name, kind: kind, file: file, type: Element.npyType, count: count,
          crc32: try write(folder.appending(path: file))))
    }
    func addNames(_ name: String, file: String? = nil, codes: [Int32], table: borrowing StringTable) throws {
      try add(name, file: file, .dictionary, of: Int32.self, count: order.events.count) { url throws in
        try NpyWriter.gather(codes, order: order.events, missing: -1, to: url)
      }
      guard table.count > Self.inlineNames else {
        entries[entries.count - 1].dictionary = table.names
        return
      }
      let base = entries[entries.count - 1].file.dropLast(".npy".count)
      let files = StoreManifest.DictionaryFiles(
        bytes: "\(base).dictionary.npy", offsets: "\(base).dictionary_offsets.npy", count: table.count)
      entries[entries.count - 1].dictionaryFiles = files
      let (bytes, offsets) = (table.bytes, table.offsets)
      try add("\(name).dictionary", file: files.bytes, .bytes, of: UInt8.self, count: bytes.count) {
        url throws in try NpyWriter.write(bytes, to: url)
      }
      try add("\(name).dictionary_offsets", file: files.offsets, .offsets, of: Int64.self, count: offsets.count) {
        url throws in try NpyWriter.write(offsets, to: url)
      }
    }
    func addNumbers(_ name: String, file: String? = nil, _ kind: StoreManifest.Kind, _ numbers: [Int64]) throws {
      try add(name, file: file, kind, of: Int64.self, count: order.events.count) { url throws in
        try NpyWriter.gather(numbers, order: order.events, missing: Money.none, to: url)
      }
    }

    try add("offsets", .offsets, of: Int64.self, count: order.offsets.count) { url throws in
      try NpyWriter.write(order.offsets, to: url)
    }
    let (idBytes, idOffsets) = Self.sorted(customers, order.customers)
    try add("customer_id", .bytes, of: UInt8.self, count: idBytes.count) { url throws in
      try NpyWriter.write(idBytes, to: url)
    }
    try add("customer_id_offsets", .offsets, of: Int64.self, count: idOffsets.count) { url throws in
      try NpyWriter.write(idOffsets, to: url)
    }
    try addNumbers("timestamp", .timestamp, timestamps)
    try addNames("event_type", codes: typeCodes, table: types)
    try addNames("channel", codes: channelCodes, table: channels)
    try addNames("campaign_id", codes: campaignCodes, table: campaigns)
    try addNumbers("amount", .money, amounts)
    let ids = ids
    try add("event_id", .bytes, of: UInt8.self, count: order.events.count * 16) { url throws in
      try Self.writeIDs(ids, order: order.events, to: url)
    }
    var files = Set(entries.map(\.file))
    for index in 0..<columns.count {
      try columns.withColumn(index) { column in
        let name = column.property.name
        guard column.isUsed || requested.contains(name) else { return }
        let file = Self.fileName(name, taken: &files)
        // A key of event_data that is named like a column of the event keeps its prefix.
        let title = entries.contains { $0.name == name } ? "event_data.\(name)" : name
        if column.property.kind == .dictionary {
          try addNames(title, file: file, codes: column.codes, table: column.table)
        } else {
          try addNumbers(title, file: file, column.property.kind, column.numbers)
        }
      }
    }
    var checksum: UInt32 = 0
    for entry in entries {
      checksum = withUnsafeBytes(of: entry.crc32.littleEndian) { CRC32.of($0, after: checksum) }
    }
    let manifest = StoreManifest(
      customers: order.customers.count, events: order.events.count, firstTimestamp: timestamps.min(),
      lastTimestamp: timestamps.max(), source: source, columns: entries, checksum: checksum)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      try encoder.encode(manifest).write(to: folder.appending(path: StoreFiles.manifestName))
    } catch {
      throw JourneyError(.unwritable, "write the manifest of \(folder.path): the disk may be full")
    }
    return manifest
  }

  private static func sorted(_ table: borrowing StringTable, _ codes: [Int32]) -> ([UInt8], [Int64]) {
    var bytes: [UInt8] = []
    var offsets: [Int64] = [0]
    bytes.reserveCapacity(table.bytes.count)
    offsets.reserveCapacity(codes.count + 1)
    for code in codes {
      bytes.append(contentsOf: table[Int(code)])
      offsets.append(Int64(bytes.count))
    }
    return (bytes, offsets)
  }

  private static func writeIDs(_ ids: [EventID], order: [Int32], to url: URL) throws -> UInt32 {
    var writer = try NpyWriter(url, of: UInt8.self, count: order.count * 16)
    var block: [(UInt64, UInt64)] = []
    for start in stride(from: 0, to: order.count, by: 1 << 15) {
      block.removeAll(keepingCapacity: true)
      for place in start..<min(start + 1 << 15, order.count) { block.append(ids[Int(order[place])].bytes) }
      try block.withUnsafeBytes { bytes throws in try writer.write(bytes) }
    }
    return writer.crc32
  }

  /// A key as a file name of this directory, unlike those in `taken`: letters, digits and `_ - . $` stay, others are
  /// written as `%` and two hexadecimal digits.
  private static func fileName(_ key: String, taken: inout Set<String>) -> String {
    var name = ""
    for byte in key.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "$"):
        name.unicodeScalars.append(Unicode.Scalar(byte))
      default: name += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    if taken.contains("\(name).npy") { name = "event_data.\(name)" }
    taken.insert("\(name).npy")
    return "\(name).npy"
  }
}
