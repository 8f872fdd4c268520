import Metrics
import Synchronization

/// The values behind one name with one set of labels.
protocol PrometheusSeries: AnyObject, Sendable {
  /// - Parameter labels: as text, `a="b",c="d"`, or empty.
  func write(name: String, labels: String, to text: inout String)
}

/// Only ever grows.
final class PrometheusCounter: CounterHandler, FloatingPointCounterHandler, PrometheusSeries {
  private let value = Mutex(0.0)

  func increment(by amount: Int64) { increment(by: Double(amount)) }

  func increment(by amount: Double) {
    guard amount > 0 else { return }
    value.withLock { $0 += amount }
  }

  func reset() { value.withLock { $0 = 0 } }

  func write(name: String, labels: String, to text: inout String) {
    PrometheusText.line(name, labels, value.withLock { $0 }, to: &text)
  }
}

/// Goes up and down.
final class PrometheusGauge: MeterHandler, RecorderHandler, PrometheusSeries {
  private let value = Mutex(0.0)

  func set(_ new: Int64) { set(Double(new)) }
  func set(_ new: Double) { value.withLock { $0 = new } }
  func increment(by amount: Double) { value.withLock { $0 += amount } }
  func decrement(by amount: Double) { value.withLock { $0 -= amount } }
  func record(_ new: Int64) { set(Double(new)) }
  func record(_ new: Double) { set(new) }

  func write(name: String, labels: String, to text: inout String) {
    PrometheusText.line(name, labels, value.withLock { $0 }, to: &text)
  }
}

/// Counts values by size. What a timer records is kept in seconds.
final class PrometheusHistogram: TimerHandler, RecorderHandler, PrometheusSeries {
  private struct State {
    /// Values in (previous bound, bound]; one more place for those above the last.
    var counts: [Int]
    var sum = 0.0
  }

  private let bounds: [Double]
  private let state: Mutex<State>

  init(bounds: [Double]) {
    self.bounds = bounds
    state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
  }

  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
  func record(_ value: Int64) { record(Double(value)) }

  func record(_ value: Double) {
    let place = bounds.firstIndex { value <= $0 } ?? bounds.count
    state.withLock { state in
      state.counts[place] += 1
      state.sum += value
    }
  }

  func write(name: String, labels: String, to text: inout String) {
    let state = state.withLock { $0 }
    let separator = labels.isEmpty ? "" : ","
    var count = 0
    for (place, bound) in (bounds + [.infinity]).enumerated() {
      count += state.counts[place]
      let limit = PrometheusText.number(bound)
      PrometheusText.line("\(name)_bucket", "\(labels)\(separator)le=\"\(limit)\"", Double(count), to: &text)
    }
    PrometheusText.line("\(name)_sum", labels, state.sum, to: &text)
    PrometheusText.line("\(name)_count", labels, Double(count), to: &text)
  }
}

/// Prometheus's spelling.
enum PrometheusText {
  static func name(_ label: String) -> String {
    var name = String(
      label.unicodeScalars.map { scalar in
        scalar.isASCII
          && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_" || scalar == ":")
          ? Character(scalar) : "_"
      })
    if name.first.map({ "0"..."9" ~= $0 }) ?? true { name = "_" + name }
    return name
  }

  /// Sorted, so that the same labels in another order are the same series.
  static func labels(_ labels: [(String, String)]) -> String {
    labels.sorted { $0.0 < $1.0 }.map { key, value in
      let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
      return "\(name(key).replacing(":", with: "_"))=\"\(escaped)\""
    }.joined(separator: ",")
  }

  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    guard value.isFinite else { return value > 0 ? "+Inf" : "-Inf" }
    return Int64(exactly: value).map(String.init) ?? value.description
  }

  static func line(_ name: String, _ labels: String, _ value: Double, to text: inout String) {
    text += labels.isEmpty ? "\(name) \(number(value))\n" : "\(name){\(labels)} \(number(value))\n"
  }
}
