/// How the values of one feature fall into bins 0, 1, ... and, for missing ones, `missingCode`.
struct FeatureBins: Sendable, Equatable {
  enum Kind: Sendable, Equatable {
    /// Bin b holds the values v with bound[b-1] < v ≤ bound[b]; the last bound is +∞.
    case numeric(bounds: [Double])
    /// Bin b holds the category codes[b]; all other codes count as missing.
    case categorical(codes: [Int32])
  }

  /// The code of missing values, of every feature.
  static let missingCode: UInt8 = 255
  static let maximumBins = 255

  var kind: Kind
  /// The smallest and the largest value seen.
  var extremes: ClosedRange<Double>?
  /// Whether some training row lacks the value: only then has the histogram a slot for it.
  var hasMissing = false

  /// Bins of values, the missing one not counted.
  var count: Int {
    switch kind {
    case .numeric(let bounds): bounds.count
    case .categorical(let codes): codes.count
    }
  }

  /// Slots of a histogram.
  var slots: Int { count + (hasMissing ? 1 : 0) }

  /// The number that parts bins 0...bin from those above it: a value v is among them exactly if v ≤ threshold.
  ///
  /// Above the last bin are only missing values. Text models know no infinity, so it is the largest number.
  func threshold(after bin: Int) -> Double {
    guard case .numeric(let bounds) = kind else { return 0 }
    return min(max(bounds[bin], -.greatestFiniteMagnitude), .greatestFiniteMagnitude)
  }

  /// The category of a value as LightGBM reads it: truncated towards 0; nil for none.
  static func category(_ value: Double) -> Int32? {
    guard value > -1, value < Double(Int32.max) else { return nil }
    return Int32(value)
  }
}

/// The code of any value of one feature, by as many steps as its bins need.
struct BinCoder: Sendable {
  private enum Search: Sendable {
    case bounds([Double], steps: Int)
    case codes([Int32], bins: [UInt8])
  }

  private let search: Search

  init(_ bins: FeatureBins) {
    switch bins.kind {
    case .numeric(let bounds):
      let steps = Int.bitWidth - max(bounds.count - 1, 0).leadingZeroBitCount
      let padding = [Double](repeating: .infinity, count: (1 << steps) - bounds.count + 1)
      search = .bounds(bounds + padding, steps: steps)
    case .categorical(let codes):
      let order = codes.indices.sorted { codes[$0] < codes[$1] }
      search = .codes(order.map { codes[$0] }, bins: order.map { UInt8($0) })
    }
  }

  /// Codes of `count` values that lie `stride` apart, written `targetStride` apart.
  func encode(
    _ values: UnsafePointer<Double>, stride: Int, count: Int, into target: UnsafeMutablePointer<UInt8>
  ) {
    switch search {
    case .bounds(let bounds, let steps):
      bounds.withUnsafeBufferPointer { bounds in
        guard let bounds = bounds.baseAddress else { return }
        for row in 0..<count {
          let value = values[row * stride]
          // How many bounds lie below the value: without branches, of which every second would be guessed wrong.
          var below = 0
          var bit = steps
          while bit > 0 {
            bit &-= 1
            let isBelow = bounds[below &+ (1 &<< bit) &- 1] < value
            below &+= Int(unsafeBitCast(isBelow, to: UInt8.self)) &<< bit
          }
          target[row] = value.isNaN ? FeatureBins.missingCode : UInt8(truncatingIfNeeded: below)
        }
      }
    case .codes(let codes, let bins):
      for row in 0..<count {
        target[row] =
          FeatureBins.category(values[row * stride]).flatMap { Self.place(of: $0, in: codes) }
          .map { bins[$0] } ?? FeatureBins.missingCode
      }
    }
  }

  private static func place(of code: Int32, in codes: [Int32]) -> Int? {
    var low = 0
    var high = codes.count
    while low < high {
      let middle = (low + high) / 2
      if codes[middle] < code { low = middle + 1 } else { high = middle }
    }
    return low < codes.count && codes[low] == code ? low : nil
  }
}
