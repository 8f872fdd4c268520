import Foundation

/// The rows of an answer, for people and for spreadsheets.
public struct AnalysisTable: Sendable, Equatable {
  public enum Cell: Sendable, Equatable {
    case text(String)
    case integer(Int)
    case number(Double, decimals: Int)
    /// Of 1.
    case share(Double)
    case none
  }

  public var title: String
  public var columns: [String]
  public var rows: [[Cell]]
  /// What is said of all of it, for people.
  public var notes: [String] = []
}

extension AnalysisResult {
  public var analysisTable: AnalysisTable {
    switch self {
    case .funnel(let result): result.analysisTable
    case .funnelTimes(let result): result.analysisTable
    case .funnelTrends(let result): result.analysisTable
    case .sequence(let result): result.analysisTable
    case .retention(let answer): answer.result.analysisTable
    case .conditionRetention(let answer): answer.analysisTable
    }
  }
}

extension AnalysisTable.Cell {
  fileprivate static func seconds(_ number: Double?) -> Self { number.map { .number($0, decimals: 0) } ?? .none }

  fileprivate static func share(_ number: Double?) -> Self { number.map { .share($0) } ?? .none }
}

extension FunnelResult {
  public var analysisTable: AnalysisTable {
    let parts: [([String]?, [Step])] = [(nil, steps)] + breakdowns.map { ($0.value, $0.steps) }
    let rows = parts.flatMap { value, steps in
      steps.map { step in
        (hasBreakdown ? [.text(value?.joined(separator: " / ") ?? "all")] : []) + step.cells
      }
    }
    return AnalysisTable(
      title: "Funnel, \(mode), window \(windowSeconds / 86_400) days",
      columns: (hasBreakdown ? ["value"] : []) + Step.headings, rows: rows)
  }
}

extension FunnelResult.Step {
  static let headings = [
    "step", "customers", "from start", "low", "high", "from previous", "median wait s", "average wait s", "still open",
  ]

  var cells: [AnalysisTable.Cell] {
    [
      .text(step), .integer(customers), .share(conversionFromStart), .share(fromStartInterval?.first),
      .share(fromStartInterval?.last), .share(conversionFromPrevious), .seconds(medianSecondsFromPrevious),
      .seconds(averageSecondsFromPrevious), stillOpen.map { .integer($0) } ?? .none,
    ]
  }
}

extension FunnelQueryResult {
  var analysisTable: AnalysisTable {
    let parts: [([String]?, [Step])] = [(nil, steps)] + (breakdown ?? []).map { ($0.value, $0.steps) }
    let rows = parts.flatMap { value, steps in
      steps.map { step in
        (breakdown == nil ? [] : [.text(value?.joined(separator: " / ") ?? "all")]) + step.figures.cells
      }
    }
    return AnalysisTable(
      title: "Funnel", columns: (breakdown == nil ? [] : ["value"]) + FunnelResult.Step.headings, rows: rows,
      notes: comparison?.notes ?? [])
  }
}

extension FunnelComparison {
  fileprivate var notes: [String] {
    func points(_ share: Double) -> String { String(format: "%+.1f", share * 100) }
    return differences.map { difference in
      "\(difference.step): '\(segments[1].name)' less '\(segments[0].name)' \(points(difference.difference)) points, "
        + "from \(points(difference.interval[0])) to \(points(difference.interval[1])), "
        + String(format: "p = %.4f", difference.pValue)
    }
  }
}

extension FunnelTimes {
  private var notes: [String] {
    guard let averageSeconds, let medianSeconds else { return ["nobody converted"] }
    let percentiles = percentileSeconds.sorted { (Double($0.key) ?? 0) < (Double($1.key) ?? 0) }
    return [String(format: "mean %.0f s, median %.0f s", averageSeconds, medianSeconds)]
      + percentiles.map { "\($0.key) % within " + String(format: "%.0f s", $0.value) }
  }

  var analysisTable: AnalysisTable {
    AnalysisTable(
      title: "Time to convert, \(customers) customers", columns: ["from second", "customers"],
      rows: bins.map { [.integer(Int($0[0])), .integer(Int($0[1]))] }, notes: notes)
  }
}

extension FunnelTrendResult {
  var analysisTable: AnalysisTable {
    let parts: [([String]?, [Period])] = [(nil, series)] + (breakdown ?? []).map { ($0.value, $0.series) }
    let rows = parts.flatMap { value, series in
      series.map { period -> [AnalysisTable.Cell] in
        (breakdown == nil ? [] : [.text(value?.joined(separator: " / ") ?? "all")]) + [
          .text(period.periodStart), .integer(period.reachedFrom), .integer(period.reachedTo),
          .share(period.conversionRate / 100),
        ]
      }
    }
    return AnalysisTable(
      title: "Funnel by period of entry",
      columns: (breakdown == nil ? [] : ["value"]) + ["period", "entered", "converted", "rate"], rows: rows)
  }
}

extension SequenceResult {
  var analysisTable: AnalysisTable {
    AnalysisTable(
      title: "Sequence", columns: ["customer", name],
      rows: values.sorted { $0.key < $1.key }.map { customer, value in
        switch value {
        case .number(let number): [.text(customer), .integer(Int(number))]
        case .event(let event): [.text(customer), .text(event)]
        case nil: [.text(customer), .none]
        }
      })
  }
}

extension RetentionResult {
  var analysisTable: AnalysisTable {
    let parts: [(String?, [Cohort])] = breakdown?.map { ($0.value, $0.cohorts) } ?? [(nil, cohorts)]
    let rows = parts.flatMap { value, cohorts in
      cohorts.map { cohort -> [AnalysisTable.Cell] in
        (value.map { [.text($0)] } ?? []) + [.text(cohort.cohort)] + cohort.counts.map { .integer($0) }
      }
    }
    return AnalysisTable(
      title: "Retention by \(period.rawValue)", columns: (breakdown == nil ? [] : ["value"]) + ["cohort"] + columns,
      rows: rows)
  }
}

extension ConditionRetentionAnswer {
  var analysisTable: AnalysisTable {
    AnalysisTable(
      title: "Retention by condition", columns: ["condition", "customers"],
      rows: sums.enumerated().map { [.integer($0 + 1), .integer($1)] })
  }
}
