import Foundation
import Journeys
import Models
import Scoring
import TestSupport

/// A small shop whose numbers a test can count itself, as the columns that a run of scoring reads.
struct Shop {
  static let start = 1_735_689_600  // 2025-01-01 UTC
  static let day = 86_400
  static let eid = "6f0d2f4e-0c5c-4c1e-9a53-2f8f3f6a2b11"
  /// The end of 120 days, microseconds.
  static let asOf = Int64(start + 120 * day) * 1_000_000

  let folder: TemporaryDirectory
  let store: JourneyStore
  let registry: ModelRegistry

  /// - Parameter further: lines of JSON beside the purchases.
  init(_ further: [String] = []) throws {
    folder = try TemporaryDirectory()
    let file = try folder.file("events.jsonl", (Self.purchases + further).joined(separator: "\n"))
    let journeys = folder.url.appending(path: "journeys")
    _ = try JourneyImport(.jsonLines).run([file], to: journeys)
    store = try JourneyStore(journeys)
    registry = ModelRegistry(directory: folder.url.appending(path: "models"))
  }

  static func event(_ customer: String, _ second: Int, _ type: String, _ fields: String = "") -> String {
    let time = Date(timeIntervalSince1970: Double(start + second)).ISO8601Format()
    return """
      {"id":"\(UUID().uuidString)","customer_id":"\(customer)","event_type":"\(type)","timestamp":"\(time)"\(fields)}
      """
  }

  /// Three hundred customers who buy about weekly, every third of whom stops before the first month is over.
  private static var purchases: [String] {
    var random = SeededRandom(seed: 4)
    var lines: [String] = []
    for customer in 0..<300 {
      let end = customer % 3 == 0 ? 25 : 120
      var place = Int.random(in: 0..<20, using: &random)
      while place < end {
        lines.append(event("buyer \(customer)", place * day, "purchase", #","event_data":{"amount":100}"#))
        place += Int.random(in: 4..<11, using: &random)
      }
    }
    return lines
  }

  /// Trains a model on the shop and makes it the champion.
  func promoteModel(_ task: PredictionTask = .churn) async throws -> String {
    var settings = TaskTraining.Settings()
    settings.boosting.trees = 20
    let outcome = try await TaskTraining(task, horizon: 30 * Int64(Self.day) * 1_000_000, settings: settings)
      .run(store: store, asOf: Self.asOf, timeZone: try ZonedCalendar("UTC"))
    let version = try registry.register(outcome.model, card: outcome.card)
    try registry.promote(task: task.name, version: version)
    return version
  }
}
