import Foundation
import Scoring
import Stores
import TestSupport
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// `serve` as a process: what it says, what it answers, how it ends.
@Suite struct ServeCommandTests {
  private let databases: Databases
  private let program: Program

  init() throws {
    databases = try Databases()
    var program = try Program()
    program.environment = databases.environment
    self.program = program
  }

  @Test(arguments: [SIGTERM, SIGINT]) func itServesUntilASignalAndEndsWith0(_ signal: Int32) async throws {
    let database = try MongoDB(
      uri: try TestServers.mongoURI, database: try #require(databases.environment["ANALYTICS_MONGODB_DATABASE"]))
    let scores = CustomerScores(
      customerID: "গ্রাহক/1", scores: PredictedMetrics(churnProbability: 0.15), modelVersions: ["churn": "v1"],
      asOf: Date(timeIntervalSince1970: 1_743_444_000), scoredAt: Date(timeIntervalSince1970: 1_743_500_000))
    _ = try await MongoScoreStore(database).upsert([scores])

    let server = try Server(program, ["serve", "--no-auth", "--port", "0"])
    let base = try #require(try await server.line(containing: "serve: listening on ").split(separator: " ").last)
    let url = try #require(URL(string: "\(base)"))

    let (health, _) = try await get(url.appending(path: "healthz"))
    #expect(health == 200)
    #expect(try await get(url.appending(path: "readyz")).status == 200)
    let path = try #require(
      URL(string: "\(base)/v1/customers/%E0%A6%97%E0%A7%8D%E0%A6%B0%E0%A6%BE%E0%A6%B9%E0%A6%95%2F1/scores"))
    let (status, body) = try await get(path)
    #expect(status == 200)
    #expect(try JSONDecoder().decode(CustomerScores.self, from: body) == scores)

    // The command line answers the same.
    let lookup = try program.run("lookup", "গ্রাহক/1")
    #expect(try JSONDecoder().decode(ScoreLookup.self, from: lookup.output).results == [scores])

    #expect(await server.stop(signal) == 0)
    let log = server.text
    #expect(!log.contains("গ্রাহক") && !log.contains("%E0"))
    let lines = log.split(separator: "\n").filter { !$0.hasPrefix("serve: ") }
    #expect(lines.contains { $0.contains(#""route":"/v1/customers/{id}/scores""#) && $0.contains(#""status":200"#) })
    for line in lines { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
  }

  @Test func aStoreThatIsAwayMakesItNotReadyButAlive() async throws {
    var away = program
    away.environment["ANALYTICS_MONGODB_URI"] = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=50"
    let server = try Server(away, ["serve", "--no-auth", "--port", "0"])
    let base = try #require(try await server.line(containing: "serve: listening on ").split(separator: " ").last)
    let url = try #require(URL(string: "\(base)"))
    #expect(try await get(url.appending(path: "healthz")).status == 200)
    #expect(try await get(url.appending(path: "readyz")).status == 503)
    #expect(try await get(url.appending(path: "v1/customers/a/scores")).status == 503)
    #expect(await server.stop(SIGTERM) == 0)
  }

  private func get(_ url: URL) async throws -> (status: Int?, body: Data) {
    let session = URLSession(configuration: .ephemeral)
    let (body, response) = try await session.data(from: url)
    session.invalidateAndCancel()
    return ((response as? HTTPURLResponse)?.statusCode, body)
  }
}

/// A running `analytics-cli`, with what it says on stderr line by line. It never outlives the test.
private final class Server: Sendable {
  private let process: Process
  private let lines: AsyncStream<String>
  private let log: URL

  init(_ program: Program, _ arguments: [String]) throws {
    process = program.process(arguments)
    let pipe = Pipe()
    process.standardError = pipe
    process.standardOutput = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    log = URL(filePath: try program.folder.file("server.log", ""))
    let file = try FileHandle(forWritingTo: log)
    let (lines, said) = AsyncStream<String>.makeStream()
    self.lines = lines
    pipe.fileHandleForReading.readabilityHandler = { handle in
      let data = handle.availableData
      guard !data.isEmpty else {
        handle.readabilityHandler = nil
        said.finish()
        return
      }
      file.write(data)
      // Lines come whole: each is one write of the program.
      for line in String(decoding: data, as: UTF8.self).split(separator: "\n") { said.yield(String(line)) }
    }
    try process.run()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  var text: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

  /// Waits for a line; fails if the program ends without it.
  func line(containing text: String) async throws -> String {
    try #require(await lines.first { $0.contains(text) }, "it ended without saying '\(text)'")
  }

  /// Sends the signal and waits for the end.
  func stop(_ signal: Int32) async -> Int32 {
    kill(process.processIdentifier, signal)
    for await _ in lines {}
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }
}
