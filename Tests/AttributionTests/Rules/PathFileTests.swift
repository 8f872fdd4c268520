import Attribution
import Foundation
import Journeys
import TestSupport
import Testing

/// Attributes paths that are written to a temporary file.
private func attribute(_ lines: [String], _ models: [AttributionModel] = pathModels) async throws
  -> PathFile.Report
{
  let url = FileManager.default.temporaryDirectory.appending(path: "paths-\(UUID().uuidString).csv")
  defer { try? FileManager.default.removeItem(at: url) }
  try Data(lines.joined(separator: "\n").utf8).write(to: url)
  return try await PathFile(url.path).attribute(models)
}

/// Those that need no times.
private let pathModels = AttributionModel.allCases.filter { !$0.needsTimes }

private let header = "path,total_conversions,total_conversion_value,total_null"

private func conversions(_ result: AttributionResult) -> [String: Double] {
  Dictionary(uniqueKeysWithValues: result.rows.map { ($0.key.names[0]!, $0.conversions) })
}

@Suite("Attribution of a file of paths") struct PathFileTests {
  @Test("The textbook case of three paths: removal effects 1/2, 1, 1") func textbook() async throws {
    let result = try await attribute([header, "C1>C2>C3,1,1,0", "C1,0,0,1", "C2>C3,0,0,1"], [.markov]).results[0]
    #expect(close(result.conversionProbability!, 1.0 / 3))
    for (row, expected) in zip(result.rows.sorted { $0.key < $1.key }, [(0.2, 0.5), (0.4, 1), (0.4, 1)]) {
      #expect(close(row.conversions, expected.0) && close(row.removalEffect!, expected.1), "\(row.key)")
    }
  }

  @Test("Loops and returns") func loops() async throws {
    let result = try await attribute([header, "A>A>B>A,1,8,1", "B>A,1,4,2", "B>B,0,0,3"], [.markov]).results[0]
    #expect(close(conversions(result)["A"]!, 7.0 / 6) && close(conversions(result)["B"]!, 5.0 / 6))
    #expect(close(result.rows[0].revenue, 7) && close(result.rows[1].revenue, 5))
    #expect(close(result.conversionProbability!, 0.25))
  }

  @Test("No value: value credits and effects are 0, never NaN") func zeroValue() async throws {
    let result = try await attribute([header, "A>B,2,0,1", "B,1,0,0"], [.markov]).results[0]
    #expect(close(conversions(result)["A"]!, 9.0 / 7) && close(conversions(result)["B"]!, 12.0 / 7))
    #expect(result.rows.allSatisfy { $0.revenue == 0 && $0.removalEffectRevenue == 0 })
  }

  @Test("A channel of a row without any journey is a player of the game all the same") func emptyRow() async throws {
    var settings = ModelSettings()
    settings.game = .exactSet
    let url = FileManager.default.temporaryDirectory.appending(path: "paths-\(UUID().uuidString).csv")
    defer { try? FileManager.default.removeItem(at: url) }
    try Data("path,total_conversions\nA,6\nB > C,0\n".utf8).write(to: url)
    let result = try await PathFile(url.path).attribute([.shapley], settings).results[0]
    // v({A}) = 6 alone: A completes it in 1/3 of all orders, B or C comes right after A alone in 1/6 each.
    let credits = conversions(result)
    #expect(close(credits["A"]!, 2) && close(credits["B"]!, -1) && close(credits["C"]!, -1))
    #expect(result.sum?.conversions == 0)
  }

  @Test("No conversion: all zeros") func noConversions() async throws {
    for result in try await attribute([header, "A > B,0,0,5", "B,0,0,2"]).results {
      #expect(result.rows.count == 2)
      #expect(result.rows.allSatisfy { $0.conversions == 0 && $0.revenue == 0 && $0.share == 0 })
      #expect(result.totals.journeys == 7)
    }
  }

  @Test(
    "Models that need to know when touches were are refused",
    arguments: [.timeDecay, .additiveHazard] as [AttributionModel])
  func withoutTimes(_ model: AttributionModel) async {
    let error = await #expect(throws: AttributionError.self) {
      try await attribute([header, "A>B,1,1,0"], [.first, model])
    }
    #expect(error?.code == .invalidQuery)
    #expect(error?.message.contains(model.rawValue) ?? false)
  }

  @Test("Blanks, empty steps, repeated rows, rows of nothing, columns in another order") func messy() async throws {
    let clean = try await attribute([header, "A>B,2,7,1", "B,1,1,0"])
    let messy = try await attribute([
      "\u{feff}total_null, path ,total_conversions,note,total_conversion_value", "1,A>B,1,x,3",
      "0,\" A >  > B \",1,y,4",
      "0,B>,1,,1", "0,A > A > A,0,z,0", "",
    ])
    #expect(messy.rejections.isEmpty && messy.rows == 4)
    #expect(messy.results == clean.results)
  }

  @Test("Without the columns of value and nulls, fractions of a conversion are kept") func shortHeader() async throws {
    let report = try await attribute(["path,total_conversions", "A,0.5", "A>B,1.25"], [.first, .linear])
    #expect(conversions(report.results[0]) == ["A": 1.75, "B": 0])
    #expect(report.results[0].totals == .init(journeys: 1.75, conversions: 1.75, revenue: 0))
  }

  @Test("A path without a step is unattributed, in every model") func emptyPath() async throws {
    for result in try await attribute([header, ",3,30,1", " > ,1,5,0", "A,2,20,1"]).results {
      #expect(result.unattributed == .init(conversions: 4, revenue: 35))
      #expect(conversions(result) == ["A": 2])
      #expect(close(result.rows[0].revenue, 20))
      #expect(result.totals == .init(journeys: 8, conversions: 6, revenue: 55))
    }
  }

  @Test("Revenue of paths without a conversion still adds up") func revenueWithoutConversion() async throws {
    let result = try await attribute([header, "A,0,9,4", "B,1,0,0"], [.markov]).results[0]
    #expect(result.rows.reduce(result.unattributed.revenue) { $0 + $1.revenue } == 9)
  }

  @Test("Malformed rows are counted by reason with the line of the first, the rest is answered") func malformed()
    async throws
  {
    let report = try await attribute(
      [header, "A,1,2,0", "A,1", "A,x,2,0", "A,1,2,-1", "A,nan,2,0", "A,,2,0", "A,1e2,0.5,0"], [.first])
    #expect(report.rows == 7)
    #expect(report.rejections.map(\.count) == [3, 1, 1])
    #expect(report.rejections[0].reason == "total_conversions is not a number")
    #expect(report.rejections[0].firstPlace.hasSuffix(".csv:4"))
    #expect(conversions(report.results[0]) == ["A": 101])
  }

  @Test("A file without the columns is refused") func refusedHeader() async throws {
    for lines in [[""], ["path,conversions", "A,1"], ["total_conversions", "1"]] {
      let error = await #expect(throws: AttributionError.self) { try await attribute(lines) }
      #expect(error?.code == .malformedPaths)
    }
    await #expect(throws: JourneyError.self) { try await PathFile("/nowhere/paths.csv").attribute([.first]) }
  }

  @Test("Numbers are the doubles that their decimals stand for") func numbers() async throws {
    var random = TestRandom(3)
    for _ in 0..<200 {
      let number = Double.random(in: 0...1e6, using: &random)
      for text in ["\(number)", String(format: "%.3f", number), String(format: "%.25f", number)] {
        let result = try await attribute(["path,total_conversions", "A,\(text)"], [.first]).results[0]
        #expect(result.totals.conversions == Double(text)!)
      }
    }
  }

  @Test(
    "Markov agrees with one fixed-point solve for each removed step, credits add up",
    arguments: 1...8 as ClosedRange<UInt64>)
  func random(_ seed: UInt64) async throws {
    var random = TestRandom(seed)
    let paths = (0..<60).map { _ in
      NaiveAttribution.Path(
        keys: (0..<Int.random(in: 1...8, using: &random)).map { _ in
          "abcdef".randomElement(using: &random).map(String.init)!
        },
        conversions: Double(Int.random(in: 0...3, using: &random)), revenue: 0,
        nulls: Double(Int.random(in: 0...5, using: &random)))
    }.map { path in
      var path = path
      path.revenue = path.conversions * Double(Int.random(in: 0...1000, using: &random)) / 100
      return path
    }
    let report = try await attribute(
      [header] + paths.map { "\($0.keys.joined(separator: " > ")),\($0.conversions),\($0.revenue),\($0.nulls)" })
    let naive = NaiveAttribution(paths: paths)
    for result in report.results {
      guard let expected = naive.credits(result.model) else { continue }
      for row in result.rows {
        let credit = expected[row.key.names[0]!] ?? .init()
        #expect(close(row.conversions, credit.conversions) && close(row.revenue, credit.revenue), "\(result.model)")
      }
      #expect(
        close(result.rows.reduce(0) { $0 + $1.conversions }, result.sum?.conversions ?? result.totals.conversions))
      #expect(close(result.rows.reduce(0) { $0 + $1.revenue }, result.sum?.revenue ?? result.totals.revenue))
    }
  }

  @Test("Blocks: with and without quotes, on 1, 2 and 8 threads, the same bits; and places in the whole file")
  func blocks() async throws {
    var random = TestRandom(9)
    // Names that are longer and shorter than what is compared at once, some with a blank inside.
    let names = (0..<40).map { "n\($0)" + String(repeating: $0 % 3 == 0 ? "x" : " y", count: $0) }
    var plain = [header]
    var quoted = [header]
    for _ in 0..<60_000 {
      let path = (0..<Int.random(in: 1...6, using: &random)).map { _ in names.randomElement(using: &random)! }
        .joined(separator: " > ")
      let numbers = "\(Int.random(in: 0...2, using: &random)),\(Int.random(in: 0...999, using: &random)).25,1"
      plain.append("\(path),\(numbers)")
      quoted.append("\"\(path)\",\(numbers)")
    }
    plain.append("a,none,0,0")
    quoted.append("\"with \"\"quotes\"\", a comma\nand a line end\",0,0,1\r")
    quoted.append("a,none,0,0")
    let directory = try TemporaryDirectory()
    let models: [AttributionModel] = [.first, .linear, .markov, .shapley]
    var reports: [PathFile.Report] = []
    for (name, lines) in [("plain.csv", plain), ("quoted.csv", quoted)] {
      let file = try directory.file(name, lines.joined(separator: "\n"))
      #expect(try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0 > 4 << 20)
      for threads in [1, 2, 8] {
        reports.append(try await PathFile(file).attribute(models, threads: threads))
      }
    }
    #expect(reports.map(\.rows) == [60_001, 60_001, 60_001, 60_002, 60_002, 60_002])
    for report in reports[1...2] { #expect(report.results == reports[0].results) }
    for report in reports[4...5] { #expect(report.results == reports[3].results) }
    for (result, other) in zip(reports[0].results, reports[3].results) {
      let strange = try #require(other.rows.first { $0.key.names[0] == "with \"quotes\", a comma\nand a line end" })
      #expect(strange.conversions == 0)
      let credits = conversions(result)
      for row in other.rows where row.key != strange.key {
        #expect(close(row.conversions, credits[row.key.names[0]!]!))
      }
    }
    #expect(reports[0].rejections[0].firstPlace.hasSuffix("plain.csv:60002"))
    #expect(reports[3].rejections[0].firstPlace.hasSuffix("quoted.csv:60004"))
  }

  @Test("A quote that is never closed is named with its line") func unclosed() async throws {
    let error = await #expect(throws: JourneyError.self) {
      try await attribute([header, "\"A\",1,1,0", "\"B,1,1,0", "C,1,1,0"])
    }
    #expect(error?.message.contains("opened in line 3") == true)
  }
}
