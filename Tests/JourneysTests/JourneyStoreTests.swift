import Foundation
import Journeys
import TestSupport
import Testing

@Suite struct JourneyStoreTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private struct Row: Equatable {
    var customer: String, time: Int64, type: String, channel: String?, amount: Int64, device: String?
  }

  private func random(_ count: Int, seed: UInt64) -> [Row] {
    var random = SeededRandom(seed: seed)
    return (0..<count).map { _ in
      Row(
        customer: "c\(Int.random(in: 0..<50, using: &random))", time: Int64.random(in: 0..<100, using: &random),
        type: ["a", "b", "ক"].randomElement(using: &random) ?? "a",
        channel: [nil, "email", "sms"].randomElement(using: &random) ?? nil,
        amount: Bool.random(using: &random) ? Money.none : Int64.random(in: 0..<1000, using: &random),
        device: [nil, nil, "mobile", "desktop"].randomElement(using: &random) ?? nil)
    }
  }

  private func write(_ rows: [Row], to name: String = "store") throws -> URL {
    var builder = JourneyStoreBuilder()
    let device = try #require(builder.properties.firstIndex { $0.name == "device" })
    for row in rows {
      _ = bytes(row.customer, row.type, row.channel ?? "", row.device ?? "") { customer, type, channel, deviceName in
        let added = builder.append(
          customer: customer, timestamp: row.time, type: type, channel: row.channel == nil ? nil : channel,
          campaign: nil, amount: row.amount, id: .none)
        if row.device != nil { builder.set(device, text: deviceName) }
        return added
      }
    }
    let url = folder.url.appending(path: name)
    _ = try builder.write(to: url, source: StoreManifest.Source(kind: "test", names: []))
    return url
  }

  private func bytes<Result>(
    _ a: String, _ b: String, _ c: String, _ d: String,
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer, UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Result
  ) -> Result {
    Array(a.utf8).withUnsafeBytes { a in
      Array(b.utf8).withUnsafeBytes { b in
        Array(c.utf8).withUnsafeBytes { c in Array(d.utf8).withUnsafeBytes { d in body(a, b, c, d) } }
      }
    }
  }

  private func read(_ store: JourneyStore) throws -> [Row] {
    guard case .names(let devices, let deviceNames) = try store.property("device") else { return [] }
    return (0..<store.customerCount).flatMap { customer in
      store.events(of: customer).map { event in
        Row(
          customer: store.customerID(customer), time: store.timestamps[event],
          type: store.eventTypeNames[store.eventTypes[event]],
          channel: store.channels[event] < 0 ? nil : store.channelNames[store.channels[event]],
          amount: store.amounts[event], device: devices[event] < 0 ? nil : deviceNames[devices[event]])
      }
    }
  }

  @Test func eventsAreSortedByCustomerTimeAndArrival() throws {
    let rows = random(5000, seed: 1)
    let store = try JourneyStore(try write(rows))
    // A stable sort by (customer's bytes, time) keeps the order of arrival.
    let expected = rows.enumerated().sorted { left, right in
      (Array(left.element.customer.utf8).hex, left.element.time, left.offset)
        < (Array(right.element.customer.utf8).hex, right.element.time, right.offset)
    }.map(\.element)
    #expect(try read(store) == expected)
    try store.verify()
    for customer in 0..<store.customerCount {
      #expect(store.customerIndex(of: store.customerID(customer)) == customer)
    }
    #expect(store.customerIndex(of: "nobody") == nil)
  }

  @Test func emptyStore() throws {
    let store = try JourneyStore(try write([]))
    #expect(store.customerCount == 0)
    #expect(store.eventCount == 0)
    #expect(store.manifest.firstTimestamp == nil)
    try store.verify()
  }

  @Test func longDictionariesLieBesideTheManifest() throws {
    let rows = (0..<3000).map {
      Row(customer: "c", time: Int64($0), type: "t", channel: nil, amount: 0, device: "device-\($0 % 1500)")
    }
    let store = try JourneyStore(try write(rows))
    #expect(store.manifest.columns.first { $0.name == "device" }?.dictionaryFiles?.count == 1500)
    #expect(try read(store).map(\.device) == rows.map(\.device))
    try store.verify()
  }

  @Test func aStoreIsReplacedWholeAndReadersKeepTheirs() throws {
    let url = try write(random(100, seed: 2))
    let old = try JourneyStore(url)
    let before = try read(old)
    _ = try write(random(200, seed: 3))
    #expect(try read(old) == before)
    #expect(try JourneyStore(url).eventCount == 200)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["store"])
  }

  @Test func foreignDirectoriesAreLeftAlone() throws {
    let foreign = folder.url.appending(path: "foreign")
    try FileManager.default.createDirectory(at: foreign, withIntermediateDirectories: true)
    try Data("mine".utf8).write(to: foreign.appending(path: "notes.txt"))
    #expect(throws: JourneyError.self) { try write(random(10, seed: 4), to: "foreign") }
    #expect(try FileManager.default.contentsOfDirectory(atPath: foreign.path) == ["notes.txt"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["foreign"])
    #expect { try JourneyStore(foreign) } throws: { ($0 as? JourneyError)?.code == .foreignStore }
    #expect { try JourneyStore(folder.url.appending(path: "none")) } throws: {
      ($0 as? JourneyError)?.code == .unreadable
    }
  }

  /// Every column, cut short, lengthened or taken away, is refused.
  @Test func damagedStoresAreRefused() throws {
    let url = try write(random(100, seed: 5))
    let manager = FileManager.default
    for file in try manager.contentsOfDirectory(atPath: url.path) where file.hasSuffix(".npy") {
      let path = url.appending(path: file)
      let whole = try Data(contentsOf: path)
      for damaged in [whole.dropLast(1), whole + [0], Data(), Data("junk".utf8), Data(whole.prefix(100))] {
        try Data(damaged).write(to: path)
        #expect(throws: JourneyError.self, "\(file)") {
          let store = try JourneyStore(url)
          _ = try store.property("device")
        }
      }
      try manager.removeItem(at: path)
      #expect(throws: JourneyError.self) {
        let store = try JourneyStore(url)
        _ = try store.property("device")
      }
      // Bytes changed without a change of length are what `verify` finds.
      var changed = whole
      changed[changed.count - 1] ^= 1
      try changed.write(to: path)
      #expect(throws: JourneyError.self) {
        let store = try JourneyStore(url)
        try store.verify()
      }
      try whole.write(to: path)
    }
    let manifest = url.appending(path: "manifest.json")
    let text = try String(contentsOf: manifest, encoding: .utf8)
    for damaged in [
      "", "{}", "[]", text.replacing("\"version\" : 1", with: "\"version\" : 2"), String(text.dropLast(10)),
      text.replacing("offsets.npy", with: "../offsets.npy"),
    ] {
      try Data(damaged.utf8).write(to: manifest)
      #expect(throws: JourneyError.self) { try JourneyStore(url) }
    }
  }

  /// Whoever followed such places would leave the file.
  @Test(arguments: ["offsets.npy", "customer_id_offsets.npy"]) func placesThatGoBackAreRefused(_ file: String) throws {
    let path = try write(random(100, seed: 7)).appending(path: file)
    var bytes = try Data(contentsOf: path)
    // The last but one of the int64 numbers behind the header.
    let place = bytes.count - 16
    bytes.replaceSubrange(place..<place + 8, with: withUnsafeBytes(of: Int64(1) << 40) { Data($0) })
    try bytes.write(to: path)
    #expect { try JourneyStore(path.deletingLastPathComponent()) } throws: { error in
      (error as? JourneyError)?.code == .damagedStore && "\(error)".contains(file.dropLast(4))
    }
  }

  @Test func whatIsNoPartOfAStoreIsNotDeletedWithIt() throws {
    let url = try write(random(10, seed: 8))
    try Data("mine".utf8).write(to: url.appending(path: "notes.txt"))
    #expect { try write(random(20, seed: 9)) } throws: { error in
      (error as? JourneyError)?.code == .unwritable && "\(error)".contains("notes.txt")
    }
    #expect(try String(contentsOf: url.appending(path: "notes.txt"), encoding: .utf8) == "mine")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["store"])
  }

  @Test func nothingDoesNotReplaceSomething() throws {
    let url = try write(random(10, seed: 10))
    #expect { try write([]) } throws: { ($0 as? JourneyError)?.code == .unwritable }
    #expect(try JourneyStore(url).eventCount == 10)
    #expect(try JourneyStore(write([], to: "new")).eventCount == 0)
  }

  @Test func unknownColumnsAreNamed() throws {
    let store = try JourneyStore(try write(random(10, seed: 6)))
    #expect { try store.property("colour") } throws: { error in
      (error as? JourneyError)?.code == .unknownName && "\(error)".contains("device")
    }
  }
}

extension [UInt8] {
  fileprivate var hex: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
