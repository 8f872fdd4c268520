import Foundation

/// What the service counts of itself. Labels are routes, methods, status codes and outcomes: never an id.
struct ServiceMetrics: Sendable {
  let prometheus = PrometheusMetrics(help: [
    "http_server_request_duration_seconds": "Time from the request's head to the answer, by route, method and status.",
    "http_server_requests_in_flight": "Requests that are being answered.",
    "score_lookups_total": "Customers asked for, by whether there were scores.",
    "score_store_duration_seconds": "Time of a call to the score store, by operation and outcome.",
    "process_start_time_seconds": "When the process started, seconds since 1970.",
  ])
  private let inFlight: PrometheusGauge

  init() {
    inFlight = prometheus.gauge("http_server_requests_in_flight")
    prometheus.gauge("process_start_time_seconds").set(Date().timeIntervalSince1970)
  }

  func begin() { inFlight.increment(by: 1) }

  func end(route: String, method: String, status: Int, _ elapsed: Duration) {
    inFlight.decrement(by: 1)
    prometheus.histogram(
      "http_server_request_duration_seconds", [("route", route), ("method", method), ("status", String(status))]
    ).record(elapsed / .seconds(1))
  }

  func lookedUp(found: Int, missing: Int) {
    prometheus.counter("score_lookups_total", [("result", "found")]).increment(by: Double(found))
    prometheus.counter("score_lookups_total", [("result", "missing")]).increment(by: Double(missing))
  }

  /// Times a call to the store.
  func store<Success: Sendable>(
    _ operation: String, _ call: @Sendable () async throws -> Success
  ) async throws -> Success {
    let start = ContinuousClock.now
    func record(_ outcome: String) {
      prometheus.histogram("score_store_duration_seconds", [("operation", operation), ("outcome", outcome)])
        .record((ContinuousClock.now - start) / .seconds(1))
    }
    do {
      let success = try await call()
      record("ok")
      return success
    } catch {
      record("error")
      throw error
    }
  }
}
