import Journeys

/// Takes one customer after the other through a retention query.
struct RetentionWalk: ~Copyable {
  /// An event that is a target, a return, or has the name of a target.
  private struct Staged: BitwiseCopyable {
    var event: Int
    var time: Int64
    var classes: UInt64
    var group: Int32

    var isTarget: Bool { classes & 1 != 0 }
    var isReturn: Bool { classes & 2 != 0 }
    var hasTargetName: Bool { classes & 4 != 0 }
  }

  /// A row that the customer is in.
  private struct Row: BitwiseCopyable {
    var row: Int
    /// The place of its period among those that returns are counted in.
    var base: Int
    /// Of the target that opened it.
    var time: Int64
    /// Of column 0.
    var units: Int128 = 0
    var hasUnits = false
  }

  /// Returns in one period.
  private struct Run: BitwiseCopyable {
    var place: Int
    var count: Int
    var units: Int128
  }

  private let plan: RetentionPlan
  private let masks: EventMasks
  private let isGrouped: Bool
  private let hasSums: Bool
  private let periods: PeriodLookup?
  private let firstPeriod: Int64
  private let isListing: Bool
  private var members: PairSums<Int>
  private var counts: PairSums<Int>
  private var sums: PairSums<PropertySum>
  private var listed = ListedRetention()
  // Of the customer at hand.
  private var staged = Scratch<Staged>()
  private var rows = Scratch<Row>()
  private var runs = Scratch<Run>()
  private let active: Scratch<UInt64>

  /// - Parameter firstPeriod: the moment that opens row 0.
  init(_ plan: RetentionPlan, _ periods: PeriodLookup?, firstPeriod: Int64, isListing: Bool) {
    self.plan = plan
    masks = plan.classifier.masks
    isGrouped = plan.query.breakdown != nil
    hasSums = plan.query.sumProperty != nil
    self.periods = periods
    self.firstPeriod = firstPeriod
    self.isListing = isListing
    let rows = plan.groups.names.count * plan.shape.rows
    members = PairSums(rows: 1, columns: plan.groups.names.count)
    counts = PairSums(rows: rows, columns: plan.shape.columns)
    sums = PairSums(rows: plan.query.sumProperty == nil ? 0 : rows, columns: plan.shape.columns)
    active = Scratch(repeating: 0, count: isListing ? (plan.shape.columns + 63) / 64 : 0)
  }

  consuming func finish(into tally: inout RetentionTally) {
    members.add(to: &tally.members)
    counts.add(to: &tally.counts)
    sums.add(to: &tally.sums)
    tally.listed.add(listed)
  }

  mutating func add(_ customer: Int, _ columns: EventColumns) {
    let events = columns.events(columns.events(of: customer..<customer &+ 1), in: plan.scanned)
    staged.reserve(events.count)
    var count = 0
    var isOneGroup = true
    for event in events {
      let classes = masks.mask(event)
      if classes == 0 { continue }
      let group = isGrouped ? plan.groups.number(event) : 0
      staged[count] = Staged(event: event, time: columns.timestamps[event], classes: classes, group: group)
      isOneGroup = isOneGroup && group == staged[0].group
      count &+= 1
    }
    if count == 0 { return }
    rows.reserve(count)
    runs.reserve(count)
    if isOneGroup {
      self.count(0..<count, of: customer)
      return
    }
    // A value of the breakdown is a customer of its own.
    var all = UnsafeMutableBufferPointer(start: staged.start, count: count)
    all.sort { ($0.group, $0.event) < ($1.group, $1.event) }
    var start = 0
    while start < count {
      var end = start
      while end < count && staged[end].group == staged[start].group { end &+= 1 }
      self.count(start..<end, of: customer)
      start = end
    }
  }

  /// Counts the events of one value of the breakdown.
  private mutating func count(_ events: Range<Int>, of customer: Int) {
    let (rowCount, runCount) = findRows(events)
    if rowCount == 0 { return }
    let group = Int(staged[events.lowerBound].group)
    members.add(1, 0, group)
    var run = 0
    for place in 0..<rowCount {
      while run < runCount && runs[run].place <= rows[place].base { run &+= 1 }
      add(rows[place], run..<runCount, group, customer)
    }
  }

  /// Finds the rows that a customer is in, and the runs of his returns from the first row on, all in time order.
  private mutating func findRows(_ events: Range<Int>) -> (rows: Int, runs: Int) {
    var (rowCount, runCount, origin) = (0, 0, Int64(0))
    let isRolling = periods == nil
    let isRecurring = plan.query.entry == .recurring
    for entry in events {
      let event = staged[entry]
      var place = 0
      if let periods {
        place = event.time < firstPeriod ? -1 : periods[event.time]
      } else if rowCount > 0 {
        place = Int((plan.cutToHour(event.time) &- origin) / plan.span)
      }

      if isRecurring && !isRolling {
        let isNew = rowCount == 0 || rows[rowCount &- 1].row != place
        if event.isTarget && isNew && place < plan.shape.rows {
          rows[rowCount] = Row(row: place, base: place, time: event.time)
          rowCount &+= 1
        }
      } else if rowCount == 0 {
        // The first of that name has to be the target itself.
        if plan.query.entry == .firstEver && event.hasTargetName && !event.isTarget { return (0, 0) }
        guard event.isTarget else { continue }
        let row = isRolling ? plan.row(ofTarget: event.time) : place
        guard 0..<plan.shape.rows ~= row else { return (0, 0) }
        origin = plan.cutToHour(event.time)
        rows[0] = Row(row: row, base: isRolling ? 0 : row, time: event.time)
        rowCount = 1
      }
      if rowCount == 0 { continue }

      let units = hasSums ? plan.values.units(event.event) : 0
      let last = rowCount &- 1
      if rows[last].base == place
        && (plan.isSameEvent ? event.isTarget : event.isReturn && event.time > rows[last].time)
      {
        rows[last].units &+= units
        rows[last].hasUnits = true
      }
      if event.isReturn {
        if runCount == 0 || runs[runCount &- 1].place != place {
          runs[runCount] = Run(place: place, count: 0, units: 0)
          runCount &+= 1
        }
        runs[runCount &- 1].count &+= 1
        runs[runCount &- 1].units &+= units
      }
    }
    return (rowCount, runCount)
  }

  /// Adds a customer to a row.
  ///
  /// - Parameter later: the runs after its period.
  private mutating func add(_ row: Row, _ later: Range<Int>, _ group: Int, _ customer: Int) {
    let columns = plan.shape.columns(ofRow: row.row)
    if columns == 0 { return }
    let index = group &* plan.shape.rows &+ row.row
    for word in 0..<active.count { active[word] = 0 }
    mark(0, index)
    if hasSums && row.hasUnits {
      sums.add(PropertySum(units: row.units, customers: 1), index, 0)
    }
    var last = 0
    for run in later where runs[run].count >= plan.query.minimumOccurrences {
      let period = runs[run].place &- row.base
      guard period < plan.shape.columnOfPeriod.count, plan.shape.columnOfPeriod[period] < Int32(columns) else {
        // Beyond the last column: of one period each, he was there in it or after it.
        if plan.query.isCumulative && plan.query.brackets.isEmpty { fill(&last, to: columns &- 1, index) }
        break
      }
      let column = Int(plan.shape.columnOfPeriod[period])
      let isNew = column != last
      if plan.query.isCumulative {
        fill(&last, to: column, index)
      } else if isNew {
        mark(column, index)
        last = column
      }
      if hasSums {
        sums.add(PropertySum(units: runs[run].units, customers: isNew ? 1 : 0), index, column)
      }
    }
    if isListing { listed.add(index, customer, active) }
  }

  /// Marks the columns after the last one up to another.
  private mutating func fill(_ last: inout Int, to column: Int, _ index: Int) {
    while last < column {
      last &+= 1
      mark(last, index)
    }
  }

  @inline(__always)
  private mutating func mark(_ column: Int, _ index: Int) {
    counts.add(1, index, column)
    if isListing { active[column &>> 6] |= 1 &<< UInt64(column & 63) }
  }
}
