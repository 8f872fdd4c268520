import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import ScoreService
import Scoring

let sample = CustomerScores(
  customerID: "a", scores: PredictedMetrics(churnProbability: 0.15), modelVersions: ["churn": "v1"],
  asOf: Date(timeIntervalSince1970: 1_743_444_000), scoredAt: Date(timeIntervalSince1970: 1_743_500_000))

func scores(_ customer: String) -> CustomerScores {
  var scores = sample
  scores.customerID = customer
  return scores
}

/// Asks the routes without a socket.
func withService(
  _ store: any ScoreStore = MemoryScoreStore([sample]), access: Access = .everybody, log: LogRecord = LogRecord(),
  _ test: @escaping @Sendable (any TestClientProtocol) async throws -> Void
) async throws {
  let service = try ScoreService(
    .init(), store: store, access: access, logger: log.logger, storeAnswerHolds: .zero)
  try await service.application().test(.router, test)
}

extension TestClientProtocol {
  func get(_ path: String, token: String? = nil, headers: HTTPFields = [:]) async throws -> TestResponse {
    var headers = headers
    if let token { headers[.authorization] = "Bearer \(token)" }
    return try await execute(uri: path, method: .get, headers: headers)
  }

  func lookUp(_ body: String, token: String? = nil) async throws -> TestResponse {
    var headers: HTTPFields = [.contentType: "application/json"]
    if let token { headers[.authorization] = "Bearer \(token)" }
    return try await execute(
      uri: "/v1/scores:lookup", method: .post, headers: headers, body: ByteBuffer(string: body))
  }

  func lookUp(ids: [String]) async throws -> TestResponse {
    try await lookUp(String(decoding: try JSONEncoder().encode(["customer_ids": ids]), as: UTF8.self))
  }
}

extension TestResponse {
  var text: String { String(buffer: body) }

  func decoded<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
    try JSONDecoder().decode(type, from: Data(buffer: body))
  }
}

/// The body of an error, with every field that RFC 9457 and we ask for.
struct ProblemBody: Decodable, Equatable {
  var code, detail, title, type: String
  var status: Int
}

/// What is wrong with an answer that should be a problem: nil if nothing is.
func deviation(_ response: TestResponse, status: Int, code: String) -> String? {
  guard let body = try? response.decoded(ProblemBody.self) else { return "no problem: \(response.text)" }
  guard response.headers[.contentType] == "application/problem+json" else { return "wrong content type" }
  guard response.status.code == status, body.status == status, body.code == code, body.type == "about:blank",
    body.title == response.status.reasonPhrase, !body.detail.isEmpty
  else { return "\(response.status) \(response.text)" }
  return nil
}
