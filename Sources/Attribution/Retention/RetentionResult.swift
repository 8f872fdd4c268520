import Journeys

/// The answer to a retention query: its rows, or its rows for each value of the breakdown, the largest first.
public struct RetentionResult: Encodable, Sendable, Equatable {
  public struct Cohort: Encodable, Sendable, Equatable {
    /// The period, or the moment that opens a rolling one.
    public let cohort: String
    /// Customers by column; the first is the size of the cohort.
    public let counts: [Int]
    /// Of the cohort's customers; nil where the period is not over yet for all of them, and of an empty cohort.
    public let rates: [Double?]
    /// Wilson's, of the rates.
    public let intervals: [[Double]?]
    /// The property's sum by column, and its mean over the customers with such an event; nil unless asked for.
    public let sums: [Double]?
    public let averages: [Double?]?

    enum CodingKeys: String, CodingKey {
      case cohort, counts, rates, intervals, sums
      case averages = "avgs"
    }
  }

  /// One value of the breakdown.
  public struct Group: Encodable, Sendable, Equatable {
    public let value: String
    /// In any row.
    public let customers: Int
    public let cohorts: [Cohort]
  }

  /// The customers of a cell.
  public struct Users: Encodable, Sendable, Equatable {
    /// The row, from 0.
    public let cohort: Int
    /// The column.
    public let offset: Int
    /// Of the breakdown, if there is one.
    public let value: String?
    public let users: [String]
  }

  /// A customer of a row, and in which columns he is counted.
  public struct Appearance: Encodable, Sendable, Equatable {
    public let cohort: Int
    public let value: String?
    public let user: String
    public let active: [Int]
  }

  public let period: CalendarPeriod
  /// Of the intervals.
  public let level: Double
  /// Periods of each column after the row's own: `0`, `1`, or `1-3`.
  public let columns: [String]
  /// Empty with a breakdown.
  public let cohorts: [Cohort]
  /// Nil without one.
  public let breakdown: [Group]?
  let listed: ListedRetention
  private let shape: RetentionShape
  /// By number of the breakdown's value.
  private let names: [String]

  enum CodingKeys: String, CodingKey { case period, level, columns, cohorts, breakdown }

  init(_ plan: RetentionPlan, _ tally: RetentionTally) {
    let shape = plan.shape
    self.shape = shape
    period = plan.query.period
    level = plan.query.level
    names = plan.groups.names
    listed = tally.listed
    columns = zip(shape.lastPeriods, [-1] + shape.lastPeriods).map { last, before in
      last == before + 1 ? String(last) : "\(before + 1)-\(last)"
    }
    let cells = RetentionCells(plan, tally)
    guard plan.query.breakdown != nil else {
      cohorts = (0..<shape.rows).map { cells.cohort($0, ofGroup: 0) }
      breakdown = nil
      return
    }
    cohorts = []
    let names = names
    func isOther(_ number: UInt64) -> Int { names.count > 1 && names[Int(number)] == RetentionGroups.other ? 1 : 0 }
    let ranked = tally.members.sorted().sorted {
      (isOther($0.key), $1.value, names[Int($0.key)]) < (isOther($1.key), $0.value, names[Int($1.key)])
    }
    breakdown = ranked.map { number, customers in
      Group(
        value: names[Int(number)], customers: customers,
        cohorts: (0..<shape.rows).map { cells.cohort($0, ofGroup: Int(number)) })
    }
  }

  /// Tests whether two rows differ in a column.
  ///
  /// - Parameter value: of the breakdown, if there is one.
  /// - Throws: `.unknownName` for a row that is none, `.invalidQuery` for a column that is not over for both.
  public func compare(
    _ first: String, _ second: String, column: Int, ofValue value: String? = nil
  ) throws(AttributionError) -> CohortComparison {
    let all = breakdown.map { groups in groups.first { $0.value == value }?.cohorts ?? [] } ?? cohorts
    var rates: [Rate] = []
    for name in [first, second] {
      guard let cohort = all.first(where: { $0.cohort == name }) else {
        throw AttributionError(
          .unknownName,
          "compare cohorts: there is no cohort '\(name)'; there are \(all.map(\.cohort).joined(separator: ", "))")
      }
      guard cohort.rates.indices.contains(column), cohort.rates[column] != nil else {
        throw AttributionError(
          .invalidQuery, "compare cohorts: column \(column) of '\(name)' is not over, empty, or beyond those asked for")
      }
      rates.append(Rate(cohort.counts[column], of: cohort.counts[0]))
    }
    return CohortComparison([first, second], column, rates, level: level)
  }

  /// The customers of every cell, if they were to be listed.
  public func users(of store: JourneyStore) -> [Users] {
    var cells = [[Int32]](repeating: [], count: names.count * shape.rows * shape.columns)
    for (place, row) in listed.rows.enumerated() {
      for column in 0..<shape.columns where listed.isActive(place, column) {
        cells[Int(row) * shape.columns + column].append(listed.customers[place])
      }
    }
    let groups = Set(breakdown.map { $0.map(\.value) } ?? [""])
    return names.indices.filter { groups.contains(names[$0]) }.flatMap { group in
      (0..<shape.rows).flatMap { row in
        (0..<shape.columns(ofRow: row)).map { column in
          Users(
            cohort: row, offset: column, value: breakdown == nil ? nil : names[group],
            users: cells[(group * shape.rows + row) * shape.columns + column].map { store.customerID(Int($0)) })
        }
      }
    }
  }

  /// Every customer of every row, if they were to be listed.
  public func appearances(of store: JourneyStore) -> [Appearance] {
    let places = listed.rows.indices.sorted {
      (listed.rows[$0], listed.customers[$0]) < (listed.rows[$1], listed.customers[$1])
    }
    return places.map { place in
      let (group, row) = Int(listed.rows[place]).quotientAndRemainder(dividingBy: shape.rows)
      return Appearance(
        cohort: row, value: breakdown == nil ? nil : names[group],
        user: store.customerID(Int(listed.customers[place])),
        active: (0..<shape.columns(ofRow: row)).map { listed.isActive(place, $0) ? 1 : 0 })
    }
  }
}

/// The cells of a tally as rows of the answer.
private struct RetentionCells {
  private let plan: RetentionPlan
  private let counts: [UInt64: Int]
  private let sums: [UInt64: PropertySum]
  private let critical: Double

  init(_ plan: RetentionPlan, _ tally: RetentionTally) {
    self.plan = plan
    counts = Dictionary(uniqueKeysWithValues: tally.counts.sorted().map { ($0.key, $0.value) })
    sums = Dictionary(uniqueKeysWithValues: tally.sums.sorted().map { ($0.key, $0.value) })
    critical = Normal.critical(1 - plan.query.level)
  }

  func cohort(_ row: Int, ofGroup group: Int) -> RetentionResult.Cohort {
    let (index, columns) = (group * plan.shape.rows + row, plan.shape.columns(ofRow: row))
    let counts = (0..<columns).map { self.counts[pair(index, $0)] ?? 0 }
    let over = plan.columnsOver(ofRow: row)
    let rates = counts.enumerated().map { $0.offset < over ? Rate($0.element, of: counts[0]) : nil }
    let hasSums = plan.query.sumProperty != nil
    let sums = hasSums ? (0..<columns).map { self.sums[pair(index, $0)] ?? .zero } : nil
    func number(_ sum: PropertySum) -> Double { Double(sum.units) / plan.values.unitsPerNumber }
    return RetentionResult.Cohort(
      cohort: plan.label(row), counts: counts, rates: rates.map { $0?.value },
      intervals: rates.map { $0?.interval(critical).map { [$0.lowerBound, $0.upperBound] } },
      sums: sums?.map(number),
      averages: sums?.map { $0.customers > 0 ? number($0) / Double($0.customers) : nil })
  }
}
