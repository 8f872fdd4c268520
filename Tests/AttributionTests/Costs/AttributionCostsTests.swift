import Attribution
import Journeys
import TestSupport
import Testing

@Suite("Attribution beside costs") struct AttributionCostsTests {
  private let header = "path,total_conversions,total_conversion_value,total_null"

  private func results(_ models: [AttributionModel]) async throws -> [AttributionResult] {
    let directory = try TemporaryDirectory()
    let file = try directory.file("paths.csv", "\(header)\nA,30,600,10\nA>B,10,400,10\nC,0,0,5\n")
    return try await PathFile(file).attribute(models).results
  }

  private func costs(_ text: String) throws -> AttributionCosts {
    let directory = try TemporaryDirectory()
    return try AttributionCosts(file: try directory.file("costs.csv", text), by: .channel)
  }

  @Test("CPA, ROAS, credit to cost and the move of a tenth, by hand") func linear() async throws {
    let costs = try costs("cost,channel\n100,A\n40,A\n60,B\n20,C\n")
    let result = costs.added(to: try await results([.linear]))[0]
    let rows = Dictionary(uniqueKeysWithValues: result.rows.map { ($0.key.names[0]!, $0.cost!) })
    // A: 30 + 5 conversions and 600 + 200 for 140; B: 5 and 200 for 60; C: nothing for 20.
    #expect(close(rows["A"]!.perConversion!, 4) && close(rows["A"]!.return!, 800.0 / 140))
    #expect(close(rows["B"]!.perConversion!, 12) && close(rows["B"]!.creditToCost!, 5.0 / 40 / (60.0 / 220)))
    #expect(rows["C"]!.perConversion == nil && rows["C"]!.return == 0)
    let move = try #require(result.move)
    #expect(move.from.names == ["C"] && move.to.names == ["A"] && close(move.amount, 2))
    #expect(close(move.conversions, 2 * 35 / 140) && close(move.revenue, 2 * 800 / 140))
  }

  @Test("The marginal view is by what Markov's chain would lose") func markov() async throws {
    let result = try costs("channel,cost\nA,100\n").added(to: try await results([.markov]))[0]
    let a = try #require(result.rows.first { $0.key.names == ["A"] })
    // Without A nothing converts.
    #expect(close(a.removalEffect!, 1) && close(a.cost!.perMarginalConversion!, 100.0 / 40))
    #expect(result.rows.allSatisfy { $0.key.names == ["A"] || $0.cost == nil } && result.move == nil)
  }

  @Test(
    "A file of costs that is none says where",
    arguments: ["a,b\n1,2\n", "channel,cost\nA,1\nB,x\n", "channel,cost\nA,-1\n"])
  func malformed(_ text: String) {
    #expect(throws: AttributionError.self) { try costs(text) }
  }
}
