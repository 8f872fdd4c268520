import Attribution
import TestSupport
import Testing

@Suite("Models against the truth") struct AttributionTruthTests {
  private static func result(_ model: AttributionModel, _ credits: [(String, Double)]) async throws -> AttributionResult
  {
    let directory = try TemporaryDirectory()
    let rows = credits.map { "\($0.0),\($0.1)" }.joined(separator: "\n")
    let file = try directory.file("paths.csv", "path,total_conversions\n\(rows)\n")
    return try await PathFile(file).attribute([model]).results[0]
  }

  private static let truth = #"""
    {"channels":{"ads":{"incremental_purchases":30,"incremental_revenue":300},
    "email":{"incremental_purchases":10,"incremental_revenue":90},
    "direct":{"incremental_purchases":0,"incremental_revenue":0}}}
    """#

  @Test("The part of the credit at the wrong channel, and the order") func distance() async throws {
    let directory = try TemporaryDirectory()
    let truth = try AttributionTruth(file: try directory.file("truth.json", Self.truth))
    // Shares of 3/8, 1/8, 4/8 beside 3/4, 1/4, 0: half the sum of the differences is 1/2.
    let wrong = try await Self.result(.last, [("ads", 30), ("email", 10), ("direct", 40)])
    let right = try await Self.result(.first, [("ads", 60), ("email", 20)])
    let comparison = try truth.compare([wrong, right])
    #expect(comparison.channels.map(\.channel) == ["ads", "email", "direct"])
    #expect(comparison.models.map(\.model) == [.first, .last])
    #expect(close(comparison.models[0].shareDistance, 0) && close(comparison.models[1].shareDistance, 0.5))
    #expect(close(comparison.models[0].rankCorrelation, 1) && close(comparison.models[1].rankCorrelation, -1.0 / 3))
    #expect(comparison.models[0].claimed == 80 && comparison.models[0].caused == 40)
  }

  @Test("Another file is refused", arguments: ["", "{}", #"{"channels":{}}"#, "[1]"]) func foreign(_ text: String)
    throws
  {
    let directory = try TemporaryDirectory()
    let file = try directory.file("truth.json", text)
    #expect(throws: AttributionError.self) { try AttributionTruth(file: file) }
  }
}
