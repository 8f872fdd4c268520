import Foundation
import Models
import TestSupport
import Testing

@Suite struct ModelRegistryTests {
  private let directory: TemporaryDirectory
  private let registry: ModelRegistry

  init() throws {
    directory = try TemporaryDirectory()
    registry = ModelRegistry(directory: directory.url.appending(path: "models"))
  }

  @Test func aVersionIsFoundAgainWithItsCardAndModel() throws {
    #expect(try registry.list().isEmpty)
    let version = try register(1)
    #expect(version.hasPrefix("20240415T031500Z-"))
    let entry = try registry.show(task: "churn", version: version)
    #expect(try entry.card == card(1))
    #expect(!entry.isChampion)
    #expect(try registry.load(Parameters.self, task: "churn", version: version) == Parameters(value: 1))
    #expect(try registry.list() == [entry])
    #expect(try registry.champion(task: "churn") == nil)
  }

  @Test func theSameAgainIsTheSameVersionAndAnotherModelAnother() throws {
    let version = try register(1)
    #expect(try register(1) == version)
    #expect(try register(2) != version)
    #expect(try registry.list().count == 2)
  }

  @Test func promoteAndRollBackThroughEarlierChampions() throws {
    let versions = try (1...3).map { try register(Double($0)) }
    for version in versions { try registry.promote(task: "churn", version: version) }
    try registry.promote(task: "churn", version: versions[2])
    #expect(try registry.champion(task: "churn")?.version == versions[2])
    #expect(try registry.list().filter(\.isChampion).map(\.version) == [versions[2]])
    #expect(try registry.rollback(task: "churn") == versions[1])
    #expect(try registry.rollback(task: "churn") == versions[0])
    let error = #expect(throws: ModelError.self) { try registry.rollback(task: "churn") }
    #expect(error?.code == .unknownName)
    #expect(try registry.champion(task: "churn")?.version == versions[0])
  }

  @Test func whatAKilledWriterLeavesIsNoVersionAndGoesWithTheNextWrite() throws {
    let version = try register(1)
    try registry.promote(task: "churn", version: version)
    let task = registry.directory.appending(path: "churn")
    let half = task.appending(path: ".partial-0")
    try FileManager.default.createDirectory(at: half, withIntermediateDirectories: true)
    try Data("{\"val".utf8).write(to: half.appending(path: "model.json"))
    try Data("{\"version\":\"2024".utf8).write(to: task.appending(path: ".partial-1"))

    #expect(try registry.list().map(\.version) == [version])
    #expect(try registry.champion(task: "churn")?.version == version)
    let next = try register(2)
    #expect(try registry.list().compactMap(\.problem).isEmpty)
    let left = try FileManager.default.contentsOfDirectory(atPath: task.path)
    #expect(Set(left) == [version, next, "champion.json", ".lock"])
  }

  @Test(arguments: ["model.json", "card.json"]) func aDamagedVersionIsNamedAndNeverPromoted(file: String) throws {
    let good = try register(1)
    let version = try register(2)
    try registry.promote(task: "churn", version: good)
    let url = registry.directory.appending(path: "churn/\(version)/\(file)")
    var bytes = try Data(contentsOf: url)
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: url)

    let error = #expect(throws: ModelError.self) { try registry.promote(task: "churn", version: version) }
    #expect(error?.code == .foreignModel)
    #expect(error?.message.contains(version) == true)
    #expect(try registry.champion(task: "churn")?.version == good)
    let listed = try registry.list()
    #expect(listed.first { $0.version == version }?.problem != nil)
    #expect(listed.first { $0.version == good }?.problem == nil)
    try FileManager.default.removeItem(at: url)
    #expect(throws: ModelError.self) { try registry.load(Parameters.self, task: "churn", version: version) }
  }

  @Test func aDamagedPointerSaysSoAndAnotherLearnersModelIsRefused() throws {
    let version = try register(1)
    let error = #expect(throws: ModelError.self) {
      try registry.load(LogisticModel.self, task: "churn", version: version)
    }
    #expect(error?.code == .foreignModel)
    let pointer = registry.directory.appending(path: "churn/champion.json")
    try Data("{\"version\":\"../../etc\",\"previous\":[]}".utf8).write(to: pointer)
    let damaged = #expect(throws: ModelError.self) { try registry.champion(task: "churn") }
    #expect(damaged?.code == .foreignModel)
  }

  @Test func namesThatLeaveTheDirectoryAreRefused() throws {
    #expect(throws: ModelError.self) {
      try registry.register(task: "../up", model: Parameters(value: 1), card: card(1))
    }
    #expect(throws: ModelError.self) { try registry.show(task: "churn", version: "..") }
    #expect(throws: ModelError.self) { try registry.champion(task: "a/b") }
  }

  @Test func aDirectoryThatCannotBeMadeIsAClearError() throws {
    let file = URL(filePath: try directory.file("file", "not a directory"))
    let error = #expect(throws: ModelError.self) {
      try ModelRegistry(directory: file).register(task: "churn", model: Parameters(value: 1), card: card(1))
    }
    #expect(error?.code == .unwritable)
  }

  /// Writers promote at once while readers ask: every answer is a whole version, and no promotion is lost, which shows
  /// in the history: a read, changed and written without the lock would drop some.
  @Test func manyAtOnceNeverBreakThePointer() async throws {
    let versions = try (1...6).map { try register(Double($0)) }
    try registry.promote(task: "churn", version: versions[0])
    let registry = registry
    try await withThrowingTaskGroup(of: Void.self) { group in
      for version in versions {
        group.addTask {
          for _ in 0..<10 { try registry.promote(task: "churn", version: version) }
        }
        group.addTask {
          for _ in 0..<30 {
            let champion = try #require(try registry.champion(task: "churn"))
            #expect(versions.contains(champion.version))
          }
        }
      }
      try await group.waitForAll()
    }
    var champions = [try #require(try registry.champion(task: "churn")).version]
    for _ in 1..<versions.count { champions.append(try registry.rollback(task: "churn")) }
    #expect(Set(champions) == Set(versions))
  }

  private func register(_ value: Double) throws -> String {
    try registry.register(
      task: "churn", model: Parameters(value: value), card: card(value),
      now: Date(timeIntervalSince1970: 1_713_150_900))
  }

  private func card(_ value: Double) throws -> ModelCard {
    let rows = ModelCard.Rows(
      featuresUntil: "2024-01-01T00:00:00Z", labelsUntil: "2024-03-31T00:00:00Z", rows: 2, positives: 1)
    let metrics = TaskMetrics.probability(try BinaryMetrics(probabilities: [0.25, 0.75], labels: [0, 1]))
    return ModelCard(
      task: "churn", learner: "logistic", population: "all", label: "none",
      data: .init(
        asOf: "2024-03-31T00:00:00Z", timeZone: "UTC", horizonDays: 90, firstEvent: "2023-01-01T00:00:00Z",
        lastEvent: "2024-03-30T00:00:00Z", customers: 2, events: 5, storeChecksum: 7, training: rows, validation: rows),
      features: [.init(name: "recency", meaning: "days")], settings: ["C": value], seed: nil,
      validation: .init(model: metrics, baselines: ["constant": metrics], baselineMeanings: ["constant": "rate"]))
  }

  private struct Parameters: Codable, Equatable, Sendable { var value: Double }
}
