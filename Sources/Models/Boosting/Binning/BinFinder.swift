/// Finds the bins of a feature from a sample of its values.
///
/// Numeric: one bin for each distinct value where these are few enough; else bins of about equal counts, except that
/// a value that alone fills a bin gets its own (the greedy rule of LightGBM's `GreedyFindBin`). Bounds lie halfway
/// between neighbouring values, so that the rows of a split are the same whether by bin or by number.
struct BinFinder {
  /// Bins of values, at most.
  let bins: Int
  /// Rows in a bin, at least: a bin of one or two tells nothing.
  static let minimumCount = 3

  /// - Parameter sample: sorted values without NaN.
  func numeric(_ sample: some RandomAccessCollection<Double>, hasMissing: Bool) -> FeatureBins {
    var values: [Double] = []
    var counts: [Int] = []
    for value in sample {
      if values.last == value {
        counts[counts.count - 1] += 1
      } else {
        values.append(value)
        counts.append(1)
      }
    }
    let cuts = values.count <= bins ? cutsBetweenAll(counts) : cutsOfEqualCounts(counts, total: sample.count)
    let bounds = cuts.map { Self.middle(values[$0], values[$0 + 1]) } + [.infinity]
    var extremes: ClosedRange<Double>?
    if let first = values.first, let last = values.last { extremes = first...last }
    return FeatureBins(kind: .numeric(bounds: bounds), extremes: extremes, hasMissing: hasMissing)
  }

  /// Indices i such that a bin ends with distinct value i.
  private func cutsBetweenAll(_ counts: [Int]) -> [Int] {
    var cuts: [Int] = []
    var inBin = 0
    for i in counts.indices.dropLast() {
      inBin += counts[i]
      if inBin >= Self.minimumCount {
        cuts.append(i)
        inBin = 0
      }
    }
    return cuts
  }

  private func cutsOfEqualCounts(_ counts: [Int], total: Int) -> [Int] {
    let bins = max(min(self.bins, total / Self.minimumCount), 1)
    let even = Double(total) / Double(bins)
    var binsLeft = bins
    var rowsLeft = total
    for count in counts where Double(count) >= even {
      binsLeft -= 1
      rowsLeft -= count
    }
    var size = Double(rowsLeft) / Double(binsLeft)
    var cuts: [Int] = []
    var inBin = 0
    for i in counts.indices.dropLast() {
      let isBig = Double(counts[i]) >= even
      let isBigNext = Double(counts[i + 1]) >= even
      if !isBig { rowsLeft -= counts[i] }
      inBin += counts[i]
      guard isBig || Double(inBin) >= size || (isBigNext && Double(inBin) >= max(1, size / 2)) else { continue }
      cuts.append(i)
      if cuts.count >= bins - 1 { break }
      inBin = 0
      if !isBig {
        binsLeft -= 1
        size = Double(rowsLeft) / Double(binsLeft)
      }
    }
    return cuts
  }

  /// A number with a ≤ number < b; halfway where that is one.
  static func middle(_ a: Double, _ b: Double) -> Double {
    // An infinite value has a bin to itself.
    if b == .infinity { return .greatestFiniteMagnitude }
    if a == -.infinity { return a }
    let middle = a / 2 + b / 2
    return middle < b && middle >= a ? middle : a
  }

  /// The most frequent categories get a bin; the others count as missing.
  ///
  /// - Parameter sample: sorted values without NaN.
  func categorical(_ sample: some RandomAccessCollection<Double>, hasMissing: Bool) -> FeatureBins {
    var counts: [(code: Int32, count: Int)] = []
    var isMissing = hasMissing
    for value in sample {
      guard let code = FeatureBins.category(value) else {
        isMissing = true
        continue
      }
      if counts.last?.code == code { counts[counts.count - 1].count += 1 } else { counts.append((code, 1)) }
    }
    let frequent = counts.sorted { ($0.count, $1.code) > ($1.count, $0.code) }.prefix(bins)
    let codes = frequent.map(\.code).sorted()
    return FeatureBins(
      kind: .categorical(codes: codes),
      extremes: codes.isEmpty ? nil : Double(codes[0])...Double(codes[codes.count - 1]),
      hasMissing: isMissing || counts.count > bins)
  }
}
