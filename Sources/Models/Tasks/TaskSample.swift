import Journeys

/// Features before a moment and labels after it, of the customers that a task is for.
struct TaskSample: Sendable {
  let moment: Int64
  let rows: FeatureTable.Rows
  /// Whether each of them bought within the horizon, and for how much (major units).
  let bought: [Bool]
  let revenue: [Double]
  /// For the tasks that value customers.
  let histories: CustomerTable?

  var count: Int { rows.count }

  init(
    _ store: JourneyStore, _ task: PredictionTask, at moment: Int64, horizon: Int64, list: FeatureList,
    calendar: ZonedCalendar, threads: Int
  ) async throws {
    self.moment = moment
    let all = try await FeatureTable(of: store, before: moment, list: list, calendar: calendar)
      .run(over: store, threads: threads)
    rows = task.takesBuyersOnly ? all.buyers : all
    let purchases = try await PurchaseWindow(of: store, from: moment, to: moment + horizon)
      .run(over: store, threads: threads)
    bought = rows.customers.map { purchases.bought[Int($0)] }
    revenue = rows.customers.map { Money.major(purchases.revenue[Int($0)]) }
    histories =
      task == .lifetimeValue
      ? try await PurchaseHistories(of: store, before: moment, calendar: calendar)
        .run(over: store, threads: threads).table(of: rows.customers) : nil
  }

  private init(_ sample: TaskSample, rows places: [Int]) {
    moment = sample.moment
    rows = sample.rows.selecting(places)
    bought = places.map { sample.bought[$0] }
    revenue = places.map { sample.revenue[$0] }
    histories = sample.histories.map { table in CustomerTable(table.values.mapValues { all in places.map { all[$0] } })
    }
  }

  func labels(_ task: PredictionTask) -> [UInt8] { bought.map { $0 == (task == .churn) ? 0 : 1 } }

  func positives(_ task: PredictionTask) -> Int {
    task == .lifetimeValue ? bought.count { $0 } : labels(task).reduce(0) { $0 + Int($1) }
  }

  /// Three quarters of the customers and the last, by the seed and their place in the store alone.
  func divided(seed: UInt64) -> (fit: TaskSample, tune: TaskSample) {
    let isTuning = rows.customers.map { Mix.hash(seed ^ 0x7475_6E65, Int($0)) % 4 == 0 }
    return (
      TaskSample(self, rows: rows.customers.indices.filter { !isTuning[$0] }),
      TaskSample(self, rows: rows.customers.indices.filter { isTuning[$0] })
    )
  }
}

extension FeatureTable.Rows {
  /// Those who had bought.
  var buyers: FeatureTable.Rows {
    let names = list.names
    guard let frequency = names.firstIndex(of: "frequency") else { return self }
    return selecting(customers.indices.filter { values[$0 * names.count + frequency] > 0 })
  }

  func selecting(_ rows: [Int]) -> FeatureTable.Rows {
    guard rows.count < count else { return self }
    let width = list.names.count
    var selected = FeatureTable.Rows(customers: rows.map { customers[$0] }, values: [], list: list)
    selected.values.reserveCapacity(rows.count * width)
    for row in rows { selected.values += values[(row * width)..<((row + 1) * width)] }
    return selected
  }

  /// One column as numbers.
  func column(_ name: String) -> [Double] {
    let names = list.names
    guard let place = names.firstIndex(of: name) else { return [] }
    return (0..<count).map { Double(values[$0 * names.count + place]) }
  }
}
