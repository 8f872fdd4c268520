import Foundation
import HTTPTypes
import Hummingbird
import Scoring

/// Look-ups of scores.
struct ScoreRoutes: Sendable {
  /// Room for `ScoreLookup.limit` ids of 128 bytes, all of them written as `\u…` escapes.
  static let largestBody = 1 << 20
  /// Bytes of a customer's id.
  private static let idLength = 1...128

  let store: any ScoreStore
  let metrics: ServiceMetrics

  /// `GET /v1/customers/{id}/scores`
  func one(_ context: ServiceContext) async throws -> Response {
    let raw = try context.parameters.require("id")
    guard let id = raw.removingPercentEncoding, Self.idLength ~= id.utf8.count else {
      throw Problem(
        .badRequest, "customer_id_invalid", "the id in the path must be percent-encoded UTF-8 of 1 to 128 bytes")
    }
    guard let scores = try await look([id]).results.first else {
      throw Problem(.notFound, "scores_missing", "there are no scores for this customer")
    }
    return try .json(scores)
  }

  /// `POST /v1/scores:lookup`
  func several(_ request: Request) async throws -> Response {
    try .json(try await look(try await ids(request)))
  }

  private func look(_ ids: [String]) async throws -> ScoreLookup {
    let lookup = try await metrics.store("lookup") { try await store.scores(for: ids) }
    metrics.lookedUp(found: lookup.results.count, missing: lookup.missing.count)
    return lookup
  }

  private struct LookupRequest: Decodable {
    var customerIDs: [String]

    enum CodingKeys: String, CodingKey { case customerIDs = "customer_ids" }
  }

  private func ids(_ request: Request) async throws -> [String] {
    let body = try await request.body.collect(upTo: Self.largestBody)
    let ids: [String]
    do {
      ids = try JSONDecoder().decode(LookupRequest.self, from: Data(buffer: body)).customerIDs
    } catch DecodingError.dataCorrupted {
      throw Problem(.badRequest, "json_malformed", "the body is no JSON")
    } catch {
      throw Problem(.unprocessableContent, "body_invalid", "the body must be {\"customer_ids\":[\"…\"]}")
    }
    guard ids.count <= ScoreLookup.limit else {
      throw Problem(
        .unprocessableContent, "too_many_ids", "\(ids.count) ids; at most \(ScoreLookup.limit) at once")
    }
    guard ids.allSatisfy({ Self.idLength ~= $0.utf8.count }) else {
      throw Problem(.unprocessableContent, "customer_id_invalid", "an id has 1 to 128 bytes of UTF-8")
    }
    return ids
  }
}
