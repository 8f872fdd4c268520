/// Makes histograms, of some rows or of some features.
///
/// Rows are gathered 1024 at a time from wherever they lie into a buffer that stays in the cache (many cache misses are
/// then under way at once), and added up eight features at a time, whose sums fit in the first-level cache. With packed
/// words a row's contribution to a bin is one addition in memory.
///
/// `@unchecked Sendable`: used by one member of a team at a time.
final class HistogramBuilder: @unchecked Sendable {
  /// The features that this builder's member looks after, from a multiple of 4 on.
  let features: Range<Int>
  private let table: BinnedTable
  private let layout: HistogramLayout
  private let gradients: GradientBuffer
  private let bins: SharedBuffer<UInt8>
  private let words: SharedBuffer<Int64>
  /// 256 packed sums for each feature.
  private let sums: SharedBuffer<Int64>

  private static let blockRows = 1024

  init(features: Range<Int>, table: BinnedTable, layout: HistogramLayout, gradients: GradientBuffer) {
    self.features = features
    self.table = table
    self.layout = layout
    self.gradients = gradients
    let width = Self.width(table.features.count)
    bins = SharedBuffer(Self.blockRows * width, repeating: 0)
    words = SharedBuffer(Self.blockRows, repeating: 0)
    sums = SharedBuffer(gradients.isExact ? 0 : 256 * width, repeating: 0)
  }

  /// Features are added up in fours, the last ones with zeros beside them.
  private static func width(_ features: Int) -> Int { (features + 3) / 4 * 4 }

  /// The slots of this builder's features.
  var slots: Range<Int> { layout.offsets[features.lowerBound]..<layout.offsets[features.upperBound] }

  /// Fills some features' part of the histogram of some rows.
  func build(_ rows: UnsafeBufferPointer<UInt32>, features: Range<Int>, into histogram: Histogram) {
    histogram.clear(slots: layout.offsets[features.lowerBound]..<layout.offsets[features.upperBound])
    guard !features.isEmpty, let first = rows.baseAddress else { return }
    if gradients.isExact {
      for feature in features { addExactly(feature, rows, to: histogram) }
      return
    }
    var pending = 0
    for start in stride(from: 0, to: rows.count, by: Self.blockRows) {
      let count = min(Self.blockRows, rows.count - start)
      if pending + count > PackedSums.maximumRows {
        flush(features, into: histogram)
        pending = 0
      }
      gather(first + start, count: count, features: features)
      accumulate(count: count, width: Self.width(features.count))
      pending += count
    }
    flush(features, into: histogram)
  }

  private func gather(_ rows: UnsafePointer<UInt32>, count: Int, features: Range<Int>) {
    let (stride, width) = (table.stride, Self.width(features.count))
    let source = UnsafeRawPointer(table.words)
    let codes = BinnedTable.wordSize + features.lowerBound
    let target = UnsafeMutableRawPointer(bins.base)
    let words = words.base
    let eights = width / 8 * 8
    let hasFour = eights < width
    // First only the words: so little to do for each row that a dozen or two cache misses are under way at once.
    for i in 0..<count { words[i] = source.load(fromByteOffset: Int(rows[i]) &* stride, as: Int64.self) }
    for i in 0..<count {
      let from = source + (Int(rows[i]) &* stride &+ codes)
      let to = target + i &* width
      var byte = 0
      while byte < eights {
        let eight = from.loadUnaligned(fromByteOffset: byte, as: UInt64.self)
        to.storeBytes(of: eight, toByteOffset: byte, as: UInt64.self)
        byte &+= 8
      }
      if hasFour {
        let four = from.loadUnaligned(fromByteOffset: eights, as: UInt32.self)
        to.storeBytes(of: four, toByteOffset: eights, as: UInt32.self)
      }
    }
  }

  private func accumulate(count: Int, width: Int) {
    let bins = UnsafeRawPointer(bins.base)
    var feature = 0
    while feature + 8 <= width {
      Self.addEight(bins + feature, stride: width, words: words.base, count: count, to: sums.base + 256 * feature)
      feature += 8
    }
    if feature < width {
      Self.addFour(bins + feature, stride: width, words: words.base, count: count, to: sums.base + 256 * feature)
    }
  }

  @inline(never) private static func addEight(
    _ bins: UnsafeRawPointer, stride: Int, words: UnsafePointer<Int64>, count: Int,
    to sums: UnsafeMutablePointer<Int64>
  ) {
    var row = bins
    for i in 0..<count {
      let codes = row.loadUnaligned(as: UInt64.self)
      let word = words[i]
      sums[Int(codes & 255)] &+= word
      sums[256 &+ Int(codes >> 8 & 255)] &+= word
      sums[512 &+ Int(codes >> 16 & 255)] &+= word
      sums[768 &+ Int(codes >> 24 & 255)] &+= word
      sums[1024 &+ Int(codes >> 32 & 255)] &+= word
      sums[1280 &+ Int(codes >> 40 & 255)] &+= word
      sums[1536 &+ Int(codes >> 48 & 255)] &+= word
      sums[1792 &+ Int(codes >> 56)] &+= word
      row += stride
    }
  }

  @inline(never) private static func addFour(
    _ bins: UnsafeRawPointer, stride: Int, words: UnsafePointer<Int64>, count: Int,
    to sums: UnsafeMutablePointer<Int64>
  ) {
    var row = bins
    for i in 0..<count {
      let codes = row.loadUnaligned(as: UInt32.self)
      let word = words[i]
      sums[Int(codes & 255)] &+= word
      sums[256 &+ Int(codes >> 8 & 255)] &+= word
      sums[512 &+ Int(codes >> 16 & 255)] &+= word
      sums[768 &+ Int(codes >> 24)] &+= word
      row += stride
    }
  }

  /// Moves the packed sums into the histogram.
  private func flush(_ features: Range<Int>, into histogram: Histogram) {
    for (index, feature) in features.enumerated() {
      let bins = table.features[feature]
      let packed = sums.base + 256 * index
      let slot = layout.offsets[feature]
      for bin in 0..<bins.count { Self.move(packed + bin, to: slot + bin, of: histogram) }
      if bins.hasMissing {
        Self.move(packed + Int(FeatureBins.missingCode), to: slot + bins.count, of: histogram)
      }
    }
    // Features that only fill up to a multiple of 4 count in bin 0 what nobody reads.
    for index in features.count..<Self.width(features.count) { sums.base[256 * index] = 0 }
  }

  @inline(__always) private static func move(
    _ packed: UnsafeMutablePointer<Int64>, to slot: Int, of histogram: Histogram
  ) {
    let word = packed.pointee
    packed.pointee = 0
    histogram.gradients[slot] &+= PackedSums.gradient(word)
    histogram.hessians[slot] &+= PackedSums.hessian(word)
    histogram.counts[slot] &+= PackedSums.rows(word)
  }

  private func addExactly(_ feature: Int, _ rows: UnsafeBufferPointer<UInt32>, to histogram: Histogram) {
    let column = table.byColumn.base + feature * table.rows
    let exact = gradients.exact.base
    let count = table.features[feature].count
    let slots = layout.offsets[feature]
    let (sumsOfGradients, sumsOfHessians) = (histogram.gradients + slots, histogram.hessians + slots)
    let counts = histogram.counts + slots
    for row in rows {
      let code = column[Int(row)]
      let slot = code == FeatureBins.missingCode ? count : Int(code)
      let pair = exact[Int(row)]
      sumsOfGradients[slot] &+= pair.x
      sumsOfHessians[slot] &+= pair.y
      counts[slot] &+= 1
    }
  }
}
