import Generator
import Journeys
import Testing

@Suite struct DeterminismTests {
  private func configuration(_ seed: UInt64 = 7, customers: Int = 60) -> GeneratorConfiguration {
    GeneratorConfiguration(
      customers: customers, days: 90, seed: seed, badShare: 0.02, duplicateShare: 0.03, lateShare: 0.05)
  }

  private func lines(_ configuration: GeneratorConfiguration) throws -> [[UInt8]] {
    var generator = try EventGenerator(configuration)
    var batch = GeneratedBatch()
    var lines: [[UInt8]] = []
    while generator.next(&batch) {
      batch.forEachEvent { _, value in lines.append(bytes(value)) }
    }
    return lines
  }

  private func checksum(_ configuration: GeneratorConfiguration) throws -> UInt32 {
    var generator = try EventGenerator(configuration)
    var batch = GeneratedBatch()
    var crc: UInt32 = 0
    while generator.next(&batch) { crc = batch.lines.withUnsafeBytes { CRC32.of($0, after: crc) } }
    return crc
  }

  /// The bytes of a seed are the same in every run, build and machine. Whoever changes the shop on purpose writes the
  /// new checksum here.
  @Test func bytesOfASeedAreKnown() throws {
    let crc = try checksum(configuration())
    #expect(crc == 347_035_251)
  }

  @Test func anotherSeedIsAnotherShop() throws {
    let first = Set(try lines(configuration(1)))
    let second = Set(try lines(configuration(2)))
    // Only events that are broken altogether can be the same.
    #expect(first.intersection(second).allSatisfy { text($0) == "[\"not an object\"]" })
  }

  /// A customer's events do not depend on how many customers there are.
  @Test func customersDoNotDependOnEachOther() throws {
    let few = try GeneratedStream(configuration(customers: 40))
    let many = try GeneratedStream(configuration(customers: 80))
    let known = Set(few.truth.customers.map(\.customerId))
    #expect(known.count == 40)
    #expect(many.truth.customers.prefix(40).map(\.customerId) == few.truth.customers.map(\.customerId))
    let shared = many.events.filter { known.contains($0.customer) }
    #expect(Set(shared.map(\.line)) == Set(few.events.map(\.line)))
    #expect(shared.map(\.line) == few.events.map(\.line))
  }

  /// Bad, late and second deliveries change nothing about the valid events but their order.
  @Test func sharesLeaveTheShopAlone() throws {
    var plain = configuration()
    plain.badShare = 0
    plain.duplicateShare = 0
    plain.lateShare = 0
    let clean = try GeneratedStream(plain)
    let dirty = try GeneratedStream(configuration())
    #expect(clean.rejected.isEmpty)
    #expect(clean.duplicates.isEmpty)
    #expect(dirty.rejected.count > 10)
    #expect(dirty.duplicates.count > 10)
    #expect(Set(clean.events.map(\.line)) == Set(dirty.events.map(\.line)))
    #expect(clean.tally == dirty.tally)
  }
}
