import HTTPTypes
import Hummingbird

/// What those who run the service ask: is it alive, is it ready, how does it fare, what can it do.
struct OperationRoutes: Sendable {
  let readiness: Readiness
  let metrics: ServiceMetrics

  func health() throws -> Response { try .json(["status": "ok"]) }

  func ready() async throws -> Response {
    switch await readiness.verdict() {
    case .ready: return try .json(["status": "ready"])
    case .storeAway: throw Problem.storeAway()
    case .draining:
      throw Problem(
        .serviceUnavailable, "draining", "the service is shutting down; ask another", headers: [.retryAfter: "5"])
    }
  }

  func prometheus() -> Response {
    .text(metrics.prometheus.text().utf8, type: "text/plain; version=0.0.4; charset=utf-8")
  }

  func openAPI() -> Response { .text(OpenAPI.json.utf8, type: "application/json") }
}
