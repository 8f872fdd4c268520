import Journeys

/// Goes through the events of interest of a batch, customer after customer, and counts them by cohort and period.
struct CohortWalk<Cell: CohortCell>: ~Copyable {
  private let metric: CohortQuery.Metric
  private let isCumulative: Bool
  private let columnCount: Int
  /// Whether any event opens a cohort.
  private let isByFirstEvent: Bool
  private let isByAcquisition: Bool
  private let acquisition: Acquisition
  private let periods: PeriodLookup
  private let periodCount: Int
  private var counts: CohortCounts<Cell>
  // Events of interest of the batch and their times.
  private var events = Scratch<Int>()
  private var times = Scratch<Int64>()
  // Of the customer at hand: the place of the period in which he began, -1 for none, and his cohort.
  private var start = -1
  private var cohort = 0
  // The sum of the period at hand, -1 before the first, and that of the periods before it, when they count.
  private var period = -1
  private var sum: Int128 = 0
  private var before: Int128 = 0

  init(_ query: CohortQuery, _ acquisition: Acquisition, _ periods: PeriodLookup, count: Int) {
    metric = query.metric
    isCumulative = query.metric.isCumulative
    columnCount = query.periods
    isByFirstEvent = query.opening == nil
    isByAcquisition = query.rows != .period
    self.acquisition = acquisition
    self.periods = periods
    periodCount = count
    counts = CohortCounts(cohorts: acquisition.count * count, columns: query.periods)
  }

  consuming func finish(into tally: inout CohortTally) { counts.add(to: &tally) }

  /// - Parameter bits: class 0 opens a cohort, class 1 is counted.
  mutating func add(_ batch: Range<Int>, _ bits: borrowing EventBits, _ columns: EventColumns) {
    if isByFirstEvent { openAll(batch, columns) }
    let (opening, counted) = (bits.words(ofClass: 0), bits.words(ofClass: 1))
    events.reserve(bits.wordCount * 64)
    times.reserve(bits.wordCount * 64)
    let found = bits.gather({ opening[$0] | counted[$0] }, columns.timestamps, into: events.start, times.start)

    var customer = batch.lowerBound
    var end = Int(columns.offsets[customer])
    for entry in 0..<found {
      let (event, time) = (events[entry], times[entry])
      if event >= end {
        // The first event of interest of another customer.
        close()
        while Int(columns.offsets[customer &+ 1]) <= event { customer &+= 1 }
        end = Int(columns.offsets[customer &+ 1])
        let first = isByFirstEvent ? Int(columns.offsets[customer]) : bits.first(ofClass: 0, in: event..<end)
        if let first {
          open(first, customer, columns)
          if !isByFirstEvent { counts.sizes.add(1, 0, cohort) }
        }
      }
      let place = event &- bits.firstEvent
      let isCounted = counted[place &>> 6] &>> UInt64(truncatingIfNeeded: place & 63) & 1 != 0
      if start >= 0 && isCounted { count(event, at: time, columns) }
    }
    close()
  }

  /// Cohorts by the first event have customers without an event of interest.
  private mutating func openAll(_ batch: Range<Int>, _ columns: EventColumns) {
    for customer in batch where columns.offsets[customer] < columns.offsets[customer &+ 1] {
      open(Int(columns.offsets[customer]), customer, columns)
      counts.sizes.add(1, 0, cohort)
    }
    start = -1
  }

  @inline(__always)
  private mutating func open(_ first: Int, _ customer: Int, _ columns: EventColumns) {
    start = periods[columns.timestamps[first]]
    cohort = start
    if isByAcquisition {
      cohort &+= acquisition.number(Int(columns.offsets[customer])...first, columns) &* periodCount
    }
  }

  @inline(__always)
  private mutating func count(_ event: Int, at time: Int64, _ columns: EventColumns) {
    let later = periods[time] &- start
    if later < 0 || later >= columnCount { return }
    if later != period {
      flush()
      period = later
    }
    switch metric {
    case .retention: sum = 1
    case .orders: sum &+= 1
    case .revenue, .lifetimeValue, .roas:
      sum &+= columns.amounts[event] == Money.none ? 0 : Int128(columns.amounts[event])
    }
  }

  /// Adds the sum of the period at hand.
  @inline(__always)
  private mutating func flush() {
    if period >= 0 {
      counts.sums.add(Cell(sum, after: before), cohort, period)
      if isCumulative { before &+= sum }
    }
    (period, sum) = (-1, 0)
  }

  @inline(__always)
  private mutating func close() {
    flush()
    (start, before) = (-1, 0)
  }
}
