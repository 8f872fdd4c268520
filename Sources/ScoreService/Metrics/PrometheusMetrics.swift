import Metrics
import Synchronization

/// Metrics in memory, told in Prometheus's text format: a backend of swift-metrics.
///
/// Counters, gauges (meters, and recorders that do not aggregate) and histograms (timers in seconds, and recorders that
/// do). A name that swift-metrics allows and Prometheus does not gets underscores; a name that is taken by another kind
/// of metric gets its kind behind it.
public final class PrometheusMetrics: MetricsFactory {
  private let families = Mutex<[String: MetricFamily]>([:])
  /// By name, for the `# HELP` lines.
  private let help: [String: String]

  /// Upper bounds in seconds: a look-up takes about a millisecond, a stalled store some seconds.
  static let buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

  public init(help: [String: String] = [:]) { self.help = help }

  public func makeCounter(label: String, dimensions: [(String, String)]) -> CounterHandler {
    counter(label, dimensions)
  }

  public func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> FloatingPointCounterHandler {
    counter(label, dimensions)
  }

  public func makeMeter(label: String, dimensions: [(String, String)]) -> MeterHandler { gauge(label, dimensions) }

  public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> RecorderHandler {
    if aggregate { histogram(label, dimensions) } else { gauge(label, dimensions) }
  }

  public func makeTimer(label: String, dimensions: [(String, String)]) -> TimerHandler { histogram(label, dimensions) }

  public func destroyCounter(_ handler: CounterHandler) { remove(handler) }
  public func destroyFloatingPointCounter(_ handler: FloatingPointCounterHandler) { remove(handler) }
  public func destroyMeter(_ handler: MeterHandler) { remove(handler) }
  public func destroyRecorder(_ handler: RecorderHandler) { remove(handler) }
  public func destroyTimer(_ handler: TimerHandler) { remove(handler) }

  func counter(_ name: String, _ labels: [(String, String)] = []) -> PrometheusCounter {
    series(name, labels, .counter) { PrometheusCounter() }
  }

  func gauge(_ name: String, _ labels: [(String, String)] = []) -> PrometheusGauge {
    series(name, labels, .gauge) { PrometheusGauge() }
  }

  func histogram(_ name: String, _ labels: [(String, String)] = []) -> PrometheusHistogram {
    series(name, labels, .histogram) { PrometheusHistogram(bounds: Self.buckets) }
  }

  /// Everything, sorted by name and labels (exposition format 0.0.4).
  public func text() -> String {
    let families = families.withLock { $0 }
    var text = ""
    for (name, family) in families.sorted(by: { $0.key < $1.key }) {
      if let help = help[name] { text += "# HELP \(name) \(help)\n" }
      text += "# TYPE \(name) \(family.kind.rawValue)\n"
      for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
        series.write(name: name, labels: labels, to: &text)
      }
    }
    return text
  }

  private func series<Series: PrometheusSeries>(
    _ label: String, _ labels: [(String, String)], _ kind: MetricFamily.Kind, _ make: () -> Series
  ) -> Series {
    let key = PrometheusText.labels(labels)
    return families.withLock { families in
      var name = PrometheusText.name(label)
      if let family = families[name], family.kind != kind { name += "_\(kind.rawValue)" }
      if let series = families[name]?.series[key] as? Series { return series }
      let series = make()
      families[name, default: MetricFamily(kind: kind)].series[key] = series
      return series
    }
  }

  private func remove(_ handler: AnyObject) {
    families.withLock { families in
      for (name, family) in families {
        guard let labels = family.series.first(where: { $0.value === handler })?.key else { continue }
        families[name]?.series[labels] = nil
        if families[name]?.series.isEmpty == true { families[name] = nil }
      }
    }
  }
}

/// All series of one name.
struct MetricFamily {
  enum Kind: String { case counter, gauge, histogram }

  var kind: Kind
  /// By their labels as text.
  var series: [String: any PrometheusSeries] = [:]
}
