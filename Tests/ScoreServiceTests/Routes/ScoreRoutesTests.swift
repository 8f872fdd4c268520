import Foundation
import Hummingbird
import HummingbirdTesting
import ScoreService
import Scoring
import Stores
import Testing

@Suite struct ScoreRoutesTests {
  @Test func aCustomersScoresAreAsTheContractSays() async throws {
    try await withService { client in
      let response = try await client.get("/v1/customers/a/scores")
      #expect(response.status == .ok)
      #expect(response.headers[.contentType] == "application/json")
      #expect(response.headers[.cacheControl] == "no-store")
      #expect(
        response.text == """
          {"as_of":"2025-03-31T18:00:00.000Z","customer_id":"a","model_versions":{"churn":"v1"},\
          "scored_at":"2025-04-01T09:33:20.000Z","scores":{"churn_probability":0.15}}
          """)
      let head = try await client.execute(uri: "/v1/customers/a/scores", method: .head)
      #expect(head.status == .ok)
      #expect(head.body.readableBytes == 0)
    }
  }

  @Test func aLookUpAnswersInTheOrderAsked() async throws {
    let store = MemoryScoreStore(["a", "b", "c"].map(scores))
    try await withService(store) { client in
      let ids = ["c", "x", "a", "c", "y", "x"]
      let lookup = try await client.lookUp(ids: ids).decoded(ScoreLookup.self)
      #expect(lookup == (try store.scores(for: ids)))
      #expect(lookup.results.map(\.customerID) == ["c", "a", "c"])
      #expect(lookup.missing == ["x", "y", "x"])
      #expect(try await client.lookUp(ids: []).text == #"{"missing":[],"results":[]}"#)
      #expect(
        try await client.lookUp(#" {"customer_ids" : ["nobody"], "more": 1} "#).text
          == #"{"missing":["nobody"],"results":[]}"#)
    }
  }

  @Test func aThousandAtOnceAndNotOneMore() async throws {
    let ids = (0..<1000).map { "customer \($0)" }
    try await withService(MemoryScoreStore(ids.map(scores))) { client in
      let lookup = try await client.lookUp(ids: ids.reversed()).decoded(ScoreLookup.self)
      #expect(lookup.results.map(\.customerID) == ids.reversed())
      let tooMany = try await client.lookUp(ids: ids + ["one more"])
      #expect(deviation(tooMany, status: 422, code: "too_many_ids") == nil)
    }
  }

  @Test func idsOfAnyBytesCanBeAskedFor() async throws {
    let ids = [
      "গ্রাহক-১", "a/b", "a b", "a+b", "\"quoted\"", "%2F", "100%", "?x=1", "a#b", "..", ".", "é", "scores", "🛍️", "\u{1}",
      "a:b", "{id}", String(repeating: "ক", count: 42) + "ab",
    ]
    try await withService(MemoryScoreStore(ids.map(scores))) { client in
      for id in ids {
        // Everything encoded, and only what must be.
        let all = id.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        var few = CharacterSet.urlPathAllowed
        few.remove("/")
        for path in [all, try #require(id.addingPercentEncoding(withAllowedCharacters: few))] {
          let response = try await client.get("/v1/customers/\(path)/scores")
          #expect(try response.decoded(CustomerScores.self).customerID == id)
        }
      }
      let lookup = try await client.lookUp(ids: ids).decoded(ScoreLookup.self)
      #expect(lookup.results.map(\.customerID) == ids)
    }
  }

  @Test func whatIsNoIdIsRefused() async throws {
    try await withService { client in
      for path in ["%ff", "%", "%4", "%zz", String(repeating: "a", count: 129)] {
        let response = try await client.get("/v1/customers/\(path)/scores")
        #expect(deviation(response, status: 400, code: "customer_id_invalid") == nil, "\(path)")
      }
      for ids in [[""], ["a", String(repeating: "ক", count: 43)]] {
        #expect(deviation(try await client.lookUp(ids: ids), status: 422, code: "customer_id_invalid") == nil)
      }
    }
  }

  @Test func unknownCustomersAreNotFound() async throws {
    try await withService { client in
      let response = try await client.get("/v1/customers/nobody/scores")
      #expect(deviation(response, status: 404, code: "scores_missing") == nil)
      #expect(!response.text.contains("nobody"))
    }
  }

  @Test func bodiesThatAreNoLookUpAreRefused() async throws {
    try await withService { client in
      for body in ["", "{", "null garbage", #"{"customer_ids":["\ud800"]}"#, String(repeating: "[", count: 10_000)] {
        let response = try await client.lookUp(body)
        #expect(deviation(response, status: 400, code: "json_malformed") == nil, "\(body.prefix(20))")
      }
      for body in ["null", "[]", "{}", #"{"customer_ids":"a"}"#, #"{"customer_ids":[1]}"#, #"{"customer_ids":[null]}"#]
      {
        let response = try await client.lookUp(body)
        #expect(deviation(response, status: 422, code: "body_invalid") == nil, "\(body)")
      }
      let large = #"{"customer_ids":["\#(String(repeating: "a", count: 1 << 20))"]}"#
      let response = try await client.lookUp(large)
      #expect(deviation(response, status: 413, code: "body_too_large") == nil)
    }
  }

  @Test func aStoreThatIsAwayIsSaidToBeAway() async throws {
    let store = FailingStore(FailingStore.away, over: MemoryScoreStore([sample]))
    try await withService(store) { client in
      for response in [try await client.get("/v1/customers/a/scores"), try await client.lookUp(ids: ["a"])] {
        #expect(deviation(response, status: 503, code: "store_unavailable") == nil)
        #expect(response.headers[.retryAfter] == "5")
      }
      store.set(nil)
      #expect(try await client.get("/v1/customers/a/scores").status == .ok)
    }
  }

  @Test func otherFailuresTellTheLogAndNotTheClient() async throws {
    struct Secret: Error { let customer = "secret-customer" }
    for error in [Secret(), StoreError(.permission, "mongodb: no right to read")] as [any Error] {
      let log = LogRecord()
      try await withService(FailingStore(error), log: log) { client in
        let response = try await client.get("/v1/customers/secret-customer/scores")
        #expect(deviation(response, status: 500, code: "internal") == nil)
        #expect(!response.text.contains("mongodb"))
      }
      #expect(log.all.contains { $0.contains("Secret") || $0.contains("no right to read") })
      #expect(!log.all.contains { $0.contains("secret-customer") })
    }
  }

  @Test func unknownRoutesAndMethodsAreProblemsToo() async throws {
    try await withService { client in
      for path in ["/", "/v1", "/v1/customers/a", "/v1/customers/a/scores/b", "/v2/customers/a/scores", "/health"] {
        #expect(deviation(try await client.get(path), status: 404, code: "route_unknown") == nil, "\(path)")
      }
      for (path, method, allowed) in [
        ("/healthz", HTTPRequest.Method.post, "GET, HEAD"), ("/v1/customers/a/scores", .delete, "GET, HEAD"),
        ("/v1/scores:lookup", .get, "POST"), ("/v1/scores:lookup", .head, "POST"),
      ] {
        let response = try await client.execute(uri: path, method: method)
        #expect(response.status == .methodNotAllowed)
        #expect(response.headers[.allow] == allowed)
        #expect(method == .head || deviation(response, status: 405, code: "method_not_allowed") == nil)
      }
    }
  }
}
