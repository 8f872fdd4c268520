import Foundation

/// Cohorts over periods as a grid: what a table and a heat map show.
public struct CohortTriangle: Sendable, Equatable {
  /// What the numbers are, for how they are written.
  public enum Unit: Sendable {
    case share, count, money, ratio
  }

  public struct Row: Sendable, Equatable {
    public var label: String
    /// Customers.
    public var size: Int
    /// Nil for what is not known yet.
    public var values: [Double?]
    /// Low and high, where there is one.
    public var intervals: [[Double]?]

    public init(_ label: String, size: Int, values: [Double?], intervals: [[Double]?] = []) {
      self.label = label
      self.size = size
      self.values = values
      self.intervals = intervals
    }
  }

  public var title: String
  /// Over the labels of the rows.
  public var rowTitle: String
  public var columns: [String]
  public var rows: [Row]
  public var unit: Unit

  public init(title: String, rowTitle: String, columns: [String], rows: [Row], unit: Unit) {
    self.title = title
    self.rowTitle = rowTitle
    self.columns = columns
    self.rows = rows
    self.unit = unit
  }

  /// The numbers that the colours reach from and to.
  ///
  /// In the first period nearly every customer is there, which would leave the others one colour: of shares only those
  /// after it count.
  var scale: ClosedRange<Double> {
    let first = unit == .share && columns.count > 1 ? 1 : 0
    let values = rows.flatMap { $0.values.dropFirst(first).compactMap(\.self) }.filter(\.isFinite)
    guard let low = values.min(), let high = values.max() else { return 0...0 }
    return low...high
  }

  /// In a cell: `45.2%`, `12.3k`.
  func short(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    switch unit {
    case .share: return String(format: "%.1f%%", value * 100)
    case .ratio: return String(format: "%.2f", value)
    case .count, .money:
      let steps = [(1e9, "G"), (1e6, "M"), (1e3, "k")]
      guard let (step, suffix) = steps.first(where: { abs(value) >= $0.0 * 0.99995 }) else {
        return String(format: unit == .count || abs(value) >= 100 ? "%.0f" : "%.2f", value)
      }
      let scaled = value / step
      return String(format: abs(scaled) >= 99.95 ? "%.0f" : "%.1f", scaled) + suffix
    }
  }

  /// With all the digits that a reader may want.
  func long(_ value: Double) -> String {
    switch unit {
    case .share: String(format: "%.2f%%", value * 100)
    case .count: String(format: "%.0f", value)
    case .money: String(format: "%.2f", value)
    case .ratio: String(format: "%.4f", value)
    }
  }
}

extension CohortTriangle {
  public init(_ result: CohortResult) {
    let what =
      switch result.metric {
      case .retention: "Retention"
      case .revenue: "Revenue"
      case .orders: "Orders"
      case .lifetimeValue: "Revenue per customer to date"
      case .roas: "Return on ad spend to date"
      }
    let unit: Unit =
      switch result.metric {
      case .retention: .share
      case .orders: .count
      case .revenue, .lifetimeValue: .money
      case .roas: .ratio
      }
    let start = result.by.replacing("_", with: " ")
    self.init(
      title: "\(what) by \(result.period.rawValue) since \(start)",
      rowTitle: result.rows == .period ? result.period.rawValue : result.rows.rawValue,
      columns: (0..<(result.cohorts.first?.values.count ?? 0)).map(String.init),
      rows: result.cohorts.map { Row($0.cohort, size: $0.size, values: $0.values, intervals: $0.intervals) },
      unit: unit)
  }
}

extension CohortTriangle {
  /// The rates of a retention query; with a breakdown, one value's rows after the other's.
  public init(_ result: RetentionResult) {
    func rows(_ cohorts: [RetentionResult.Cohort], _ value: String?) -> [Row] {
      cohorts.map { cohort in
        let label = value.map { "\($0.isEmpty ? "(none)" : $0) · \(cohort.cohort)" } ?? cohort.cohort
        return Row(label, size: cohort.counts.first ?? 0, values: cohort.rates, intervals: cohort.intervals)
      }
    }
    self.init(
      title: "Retention by \(result.period.rawValue)", rowTitle: result.period.rawValue, columns: result.columns,
      rows: result.breakdown.map { $0.flatMap { rows($0.cohorts, $0.value) } } ?? rows(result.cohorts, nil),
      unit: .share)
  }
}
