import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ScoreService
import Scoring
import Testing

@Suite struct OperationRoutesTests {
  @Test func readyMeansThatTheStoreAnswers() async throws {
    let store = FailingStore(nil)
    try await withService(store) { client in
      #expect(try await client.get("/readyz").text == #"{"status":"ready"}"#)
      store.set(FailingStore.away)
      let away = try await client.get("/readyz")
      #expect(deviation(away, status: 503, code: "store_unavailable") == nil)
      #expect(away.headers[.retryAfter] == "5")
      // The process itself is well.
      #expect(try await client.get("/healthz").text == #"{"status":"ok"}"#)
      store.set(nil)
      #expect(try await client.get("/readyz").status == .ok)
    }
  }

  /// A route of the service and its method.
  private static let routes = [
    ("/healthz", "get"), ("/readyz", "get"), ("/metrics", "get"), ("/openapi.json", "get"),
    ("/v1/customers/{id}/scores", "get"), ("/v1/scores:lookup", "post"),
  ]

  @Test func theDescriptionListsEveryRouteAndWhatItAnswers() async throws {
    try await withService { client in
      let response = try await client.get("/openapi.json")
      #expect(response.headers[.contentType] == "application/json")
      let any = try JSONSerialization.jsonObject(with: Data(buffer: response.body))
      let document = try #require(any as? [String: Any])
      #expect((document["openapi"] as? String)?.hasPrefix("3.1.") == true)
      let paths = try #require(document["paths"] as? [String: [String: Any]])
      #expect(paths.keys.sorted() == Self.routes.map(\.0).sorted())
      for (path, method) in Self.routes {
        let operation = try #require(paths[path]?[method] as? [String: Any])
        #expect(operation["responses"] != nil)
        let isOpen = ["/healthz", "/readyz", "/metrics"].contains(path)
        #expect((operation["security"] as? [Any])?.isEmpty == isOpen)
        // The route exists: another answer than "no such route".
        let uri = path.replacing("{id}", with: "a")
        let answer = try await client.execute(uri: uri, method: method == "get" ? .get : .post)
        #expect(answer.status != .notFound && answer.status != .methodNotAllowed, "\(path)")
      }
    }
  }

  @Test func everyReferenceOfTheDescriptionLeadsSomewhereAndItsKeysAreSorted() async throws {
    try await withService { client in
      let response = try await client.get("/openapi.json")
      let document = try JSONSerialization.jsonObject(with: Data(buffer: response.body))
      for match in response.text.matches(of: /"\$ref": "#\/([^"]+)"/) {
        var place: Any? = document
        for step in match.1.split(separator: "/") { place = (place as? [String: Any])?[String(step)] }
        #expect(place != nil, "\(match.1)")
      }
      let sorted = try JSONSerialization.data(
        withJSONObject: document, options: [.sortedKeys, .withoutEscapingSlashes])
      // The same but for the blanks outside of texts, of which no text here has two in a row.
      func bare(_ text: String) -> String { text.replacing(/\s+/, with: "") }
      #expect(bare(response.text) == bare(String(decoding: sorted, as: UTF8.self)))
    }
  }

  @Test func requestsHaveIdsThatTheClientMayChoose() async throws {
    let name = try #require(HTTPField.Name("X-Request-ID"))
    try await withService { client in
      #expect(try await client.get("/healthz", headers: [name: "abc-1.2_3"]).headers[name] == "abc-1.2_3")
      let odd = try await client.get("/healthz", headers: [name: "a b\"c"]).headers[name]
      let long = try await client.get("/healthz", headers: [name: String(repeating: "a", count: 65)]).headers[name]
      for id in [odd, long, try await client.get("/nowhere").headers[name]] {
        #expect(id.flatMap { UUID(uuidString: $0) } != nil)
      }
    }
  }

  @Test func neitherLogNorMetricsHoldIdsOrTokens() async throws {
    let issuer = try await Issuer()
    let log = LogRecord()
    let token = try await issuer.token()
    let store = MemoryScoreStore([scores("secret-customer")])
    try await withService(store, access: try await issuer.access(), log: log) { client in
      let path = "/v1/customers/secret-customer/scores"
      for token in [nil, token, token + "x"] { _ = try await client.get(path, token: token) }
      _ = try await client.lookUp(#"{"customer_ids":["secret-customer"]}"#, token: token)
      _ = try await client.get("/v1/unknown/secret-customer")
      _ = try await client.execute(uri: "/v1/customers/secret-customer", method: .init("SECRET-CUSTOMER")!)
      let metrics = try await client.get("/metrics").text
      for text in log.all + [metrics] {
        #expect(!text.lowercased().contains("secret-customer"))
        #expect(!text.contains(token))
      }
    }
    let requests = log.all.filter { $0.contains(" request ") }
    #expect(requests.count == 7)
    #expect(requests.contains { $0.contains("route=/v1/customers/{id}/scores") && $0.contains("status=200") })
    #expect(requests.contains { $0.contains("route=NotFound") && $0.contains("method=OTHER") })
    #expect(requests.allSatisfy { $0.contains("request_id=") })
  }
}
