/// The middle value, of an even number the mean of the two in the middle; nil of none. Linear on average.
func median(_ values: [Int64]) -> Double? {
  guard !values.isEmpty else { return nil }
  var values = values
  let upper = values.count / 2
  values.withUnsafeMutableBufferPointer { select(upper, in: $0) }
  guard values.count % 2 == 0 else { return Double(values[upper]) }
  let lower = values[..<upper].reduce(Int64.min, max)
  return Double(lower) + Double(values[upper] - lower) / 2
}

/// Moves the value of rank `rank` to that place, none larger before it and none smaller behind it.
///
/// Source: Hoare's selection (Algorithm 65, CACM 4, 1961), with the median of three as pivot.
private func select(_ rank: Int, in values: UnsafeMutableBufferPointer<Int64>) {
  var (low, high) = (0, values.count - 1)
  while low < high {
    let (a, b, c) = (values[low], values[low + (high - low) / 2], values[high])
    let pivot = max(min(a, b), min(max(a, b), c))
    var (i, j) = (low, high)
    while i <= j {
      while values[i] < pivot { i += 1 }
      while values[j] > pivot { j -= 1 }
      if i <= j {
        values.swapAt(i, j)
        i += 1
        j -= 1
      }
    }
    if rank <= j {
      high = j
    } else if rank >= i {
      low = i
    } else {
      return
    }
  }
}

/// The value that a share of sorted values lies below, interpolated between its two neighbours (type 7 of Hyndman & Fan
/// 1996, as R and NumPy have it). There is at least one value.
func quantile(_ share: Double, ofSorted values: [Int64]) -> Double {
  let place = share * Double(values.count - 1)
  let lower = Int(place)
  guard lower + 1 < values.count else { return Double(values[values.count - 1]) }
  return Double(values[lower]) + (place - Double(lower)) * Double(values[lower + 1] - values[lower])
}

/// Percentiles of sorted microseconds in seconds, by percent (`50`, `99.5`); nil of none.
func percentileTable(_ wanted: [Double], ofSorted values: [Int64]) -> [String: Double]? {
  guard !values.isEmpty else { return nil }
  return Dictionary(
    wanted.map { percent in
      let name = percent == percent.rounded() ? "\(Int(percent))" : "\(percent)"
      return (name, quantile(percent / 100, ofSorted: values) / 1e6)
    }, uniquingKeysWith: { first, _ in first })
}
