import Generator
import Testing

@Suite struct ConfigurationTests {
  @Test(arguments: [
    GeneratorConfiguration(customers: 0, days: 90, seed: 1),
    GeneratorConfiguration(customers: 10, days: 0, seed: 1),
    GeneratorConfiguration(customers: 10, days: 90, seed: 1, start: CivilDay(daysSince1970: -400)),
    GeneratorConfiguration(customers: 10, days: 90, seed: 1, rate: 0),
    GeneratorConfiguration(customers: 10, days: 90, seed: 1, rate: .nan),
    GeneratorConfiguration(customers: 10, days: 90, seed: 1, badShare: -0.1),
    GeneratorConfiguration(customers: 10, days: 90, seed: 1, duplicateShare: 1.5),
    GeneratorConfiguration(customers: 10, days: 90, seed: 1, lateShare: .infinity),
    GeneratorConfiguration(customers: 10, days: 90, seed: 1, holdoutShare: 0),
    GeneratorConfiguration(customers: 10, days: 90, seed: 1, holdoutShare: 0.9),
    GeneratorConfiguration(customers: 10, days: 90, seed: 1, holdoutShare: .nan),
  ])
  func settingsOutOfRangeAreRefused(_ configuration: GeneratorConfiguration) {
    let error = #expect(throws: GeneratorError.self) { try EventGenerator(configuration) }
    #expect(error?.code == .invalidConfiguration)
    #expect(error?.message.contains("out of range; give a value") == true)
  }

  /// The smallest shop, and windows that are over before most things happen.
  @Test(arguments: [1, 2, 3]) func shortWindowsWork(days: Int) throws {
    let stream = try GeneratedStream(
      GeneratorConfiguration(
        customers: 300, days: days, seed: 5, badShare: 0.1, duplicateShare: 0.1, lateShare: 0.2))
    #expect(!stream.events.isEmpty)
    #expect(stream.events.count == stream.counts.valid)
    #expect(stream.events.allSatisfy { stream.window.contains($0.timestamp) })
    _ = try GeneratedStream(GeneratorConfiguration(customers: 1, days: days, seed: 5))
  }
}
