import Metrics
import ScoreService
import Scoring
import Testing

@Suite struct PrometheusMetricsTests {
  /// One line of the text format: its name, labels and value.
  private struct Sample: Equatable {
    var name: String
    var labels: [String: String]
    var value: Double
  }

  /// Reads the text format strictly: what is no line of it fails.
  private func samples(_ text: String) throws -> [Sample] {
    var samples: [Sample] = []
    var types: [String: String] = [:]
    #expect(text.hasSuffix("\n"))
    for line in text.split(separator: "\n") {
      if let type = line.wholeMatch(of: /# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)/) {
        #expect(types.updateValue(String(type.2), forKey: String(type.1)) == nil, "two types: \(line)")
        continue
      }
      if line.wholeMatch(of: /# HELP [a-zA-Z_:][a-zA-Z0-9_:]* .+/) != nil { continue }
      let match = try #require(
        line.wholeMatch(of: /([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ([0-9eE.+-]+|NaN|[+-]Inf)/), "\(line)")
      var labels: [String: String] = [:]
      let list = match.2 ?? ""
      for label in list.matches(of: /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"(?:,|$)/) {
        labels[String(label.1)] = String(label.2)
      }
      let value = match.3 == "+Inf" ? .infinity : try #require(Double(match.3))
      samples.append(Sample(name: String(match.1), labels: labels, value: value))
      let family = String(match.1).replacing(/_(bucket|sum|count)$/, with: "")
      #expect(types[String(match.1)] != nil || types[family] == "histogram", "no type before \(line)")
    }
    return samples
  }

  @Test func countersAndGaugesTellTheirValues() throws {
    let metrics = PrometheusMetrics()
    let counter = Counter(label: "lookups_total", dimensions: [("b", "2"), ("a", "1")], factory: metrics)
    counter.increment(by: 3)
    counter.increment()
    // The same series, however its labels are sorted.
    Counter(label: "lookups_total", dimensions: [("a", "1"), ("b", "2")], factory: metrics).increment()
    Meter(label: "depth", factory: metrics).set(2.5)
    Gauge(label: "last", factory: metrics).record(7)
    #expect(
      metrics.text() == """
        # TYPE depth gauge
        depth 2.5
        # TYPE last gauge
        last 7
        # TYPE lookups_total counter
        lookups_total{a="1",b="2"} 5

        """)
  }

  @Test func histogramsCountWhatIsBelowEachBound() throws {
    let metrics = PrometheusMetrics()
    let timer = Metrics.Timer(label: "duration_seconds", dimensions: [("route", "/x")], factory: metrics)
    timer.recordMilliseconds(1)
    timer.recordMilliseconds(2)
    timer.recordSeconds(60)
    let all = try samples(metrics.text())
    func bucket(_ bound: String) -> Double? {
      all.first { $0.name == "duration_seconds_bucket" && $0.labels["le"] == bound }?.value
    }
    #expect(bucket("0.001") == 1)
    #expect(bucket("0.0025") == 2)
    #expect(bucket("10") == 2)
    #expect(bucket("+Inf") == 3)
    #expect(all.first { $0.name == "duration_seconds_count" }?.value == 3)
    #expect(try #require(all.first { $0.name == "duration_seconds_sum" }?.value) == 60.003)
    #expect(all.allSatisfy { $0.labels["route"] == "/x" })
  }

  @Test func namesAndLabelsAreMadeLegal() throws {
    let metrics = PrometheusMetrics()
    Counter(label: "http.server requests-total", dimensions: [("user.agent", "a\"b\\c\nd")], factory: metrics)
      .increment()
    Counter(label: "9lives", factory: metrics).increment()
    Meter(label: "9lives", factory: metrics).set(1)
    #expect(
      try samples(metrics.text()) == [
        Sample(name: "_9lives", labels: [:], value: 1), Sample(name: "_9lives_gauge", labels: [:], value: 1),
        Sample(name: "http_server_requests_total", labels: ["user_agent": #"a\"b\\c\nd"#], value: 1),
      ])
  }

  @Test func destroyedMetricsAreGone() {
    let metrics = PrometheusMetrics()
    let counter = Counter(label: "gone", factory: metrics)
    counter.increment()
    counter.destroy()
    #expect(metrics.text().isEmpty)
  }

  @Test func theServiceCountsRequestsByRouteAndLookUpsByResult() async throws {
    try await withService(MemoryScoreStore([sample])) { client in
      for id in ["a", "b", "c"] { _ = try await client.get("/v1/customers/\(id)/scores") }
      _ = try await client.lookUp(ids: ["a", "a", "x"])
      _ = try await client.get("/nowhere")
      let response = try await client.get("/metrics")
      #expect(response.headers[.contentType]?.hasPrefix("text/plain; version=0.0.4") == true)
      let all = try samples(response.text)
      func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        all.first { $0.name == name && $0.labels == labels }?.value
      }
      let count = "http_server_request_duration_seconds_count"
      let route = "/v1/customers/{id}/scores"
      #expect(value(count, ["route": route, "method": "GET", "status": "200"]) == 1)
      #expect(value(count, ["route": route, "method": "GET", "status": "404"]) == 2)
      #expect(value(count, ["route": "/v1/scores:lookup", "method": "POST", "status": "200"]) == 1)
      #expect(value(count, ["route": "NotFound", "method": "GET", "status": "404"]) == 1)
      #expect(value("score_lookups_total", ["result": "found"]) == 3)
      #expect(value("score_lookups_total", ["result": "missing"]) == 3)
      #expect(value("score_store_duration_seconds_count", ["operation": "lookup", "outcome": "ok"]) == 4)
      // The request that asks is being answered.
      #expect(value("http_server_requests_in_flight") == 1)
    }
  }
}
