/// The rows of many resamples, beside those of the whole.
struct Resamples {
  private struct Row {
    var conversions: [Double] = []
    var revenue: [Double] = []
    var share: [Double] = []
  }

  private var results: [AttributionResult]
  private let level: Double
  /// By result and by row.
  private var rows: [[Row]]
  private let places: [[AttributionResult.Key: Int]]

  init(of results: [AttributionResult], _ settings: BootstrapSettings) {
    self.results = results
    level = settings.level
    rows = results.map { Array(repeating: Row(), count: $0.rows.count) }
    places = results.map { result in
      Dictionary(uniqueKeysWithValues: result.rows.enumerated().map { ($0.element.key, $0.offset) })
    }
  }

  mutating func add(_ sample: [AttributionResult]) {
    for (number, result) in sample.enumerated() {
      var credits = [(conversions: Double, revenue: Double, share: Double)](
        repeating: (0, 0, 0), count: rows[number].count)
      for row in result.rows {
        guard let place = places[number][row.key] else { continue }
        credits[place] = (row.conversions, row.revenue, row.share)
      }
      // A key that the sample does not have has nothing in it.
      for (place, credit) in credits.enumerated() {
        rows[number][place].conversions.append(credit.conversions)
        rows[number][place].revenue.append(credit.revenue)
        rows[number][place].share.append(credit.share)
      }
    }
  }

  func withIntervals() -> [AttributionResult] {
    results.indices.map { number in
      var result = results[number]
      for (place, rank) in ranks(rows[number]).enumerated() {
        let row = rows[number][place]
        result.rows[place].interval = .init(
          conversions: interval(row.conversions), revenue: interval(row.revenue), share: interval(row.share), rank: rank
        )
      }
      return result
    }
  }

  private func interval(_ values: [Double]) -> [Double] {
    let sorted = values.sorted()
    return [quantile(sorted, (1 - level) / 2), quantile(sorted, (1 + level) / 2)]
  }

  /// Between neighbours in proportion (Hyndman and Fan 1996, type 7).
  private func quantile(_ sorted: [Double], _ share: Double) -> Double {
    guard let last = sorted.last else { return 0 }
    let place = share * Double(sorted.count - 1)
    let low = Int(place)
    return low + 1 < sorted.count ? sorted[low] + (place - Double(low)) * (sorted[low + 1] - sorted[low]) : last
  }

  /// A row is surely behind those that had more in all but a share (1 - level) / 2 of the resamples.
  private func ranks(_ rows: [Row]) -> [[Int]] {
    rows.indices.map { place in
      var (ahead, behind) = (0, 0)
      for other in rows.indices where other != place {
        let pairs = zip(rows[other].conversions, rows[place].conversions)
        let (more, less) = pairs.reduce((0, 0)) { ($0.0 + ($1.0 > $1.1 ? 1 : 0), $0.1 + ($1.0 < $1.1 ? 1 : 0)) }
        let needed = Double(rows[place].conversions.count) * (1 + level) / 2
        if Double(more) >= needed { ahead += 1 }
        if Double(less) >= needed { behind += 1 }
      }
      return [1 + ahead, rows.count - behind]
    }
  }
}
