/// Makes the histograms of one team member's share of the features.
///
/// Rows are gathered 512 at a time from wherever they lie into a buffer that stays in the cache (many cache misses are
/// then under way at once), and added up eight features at a time, whose sums fit in the first-level cache. With packed
/// words a row's contribution to a bin is one addition in memory.
///
/// `@unchecked Sendable`: used by one member at a time.
final class HistogramBuilder: @unchecked Sendable {
  /// A multiple of 4 at both ends, but for the last.
  let features: Range<Int>
  private let table: BinnedTable
  private let layout: HistogramLayout
  private let gradients: GradientBuffer
  /// Features, and what fills them up to a multiple of 4.
  private let width: Int
  private let bins: SharedBuffer<UInt8>
  private let words: SharedBuffer<Int64>
  /// 256 packed sums for each feature.
  private let sums: SharedBuffer<Int64>

  private static let blockRows = 512

  init(features: Range<Int>, table: BinnedTable, layout: HistogramLayout, gradients: GradientBuffer) {
    self.features = features
    self.table = table
    self.layout = layout
    self.gradients = gradients
    width = (features.count + 3) / 4 * 4
    bins = SharedBuffer(Self.blockRows * width, repeating: 0)
    words = SharedBuffer(Self.blockRows, repeating: 0)
    sums = SharedBuffer(gradients.isExact ? 0 : 256 * width, repeating: 0)
  }

  /// The slots that this builder fills.
  var slots: Range<Int> { layout.offsets[features.lowerBound]..<layout.offsets[features.upperBound] }

  /// Fills this builder's part of the histogram of some rows.
  func build(_ rows: UnsafeBufferPointer<UInt32>, into histogram: Histogram) {
    histogram.clear(slots: slots)
    guard !features.isEmpty, let first = rows.baseAddress else { return }
    if gradients.isExact {
      for feature in features { addExactly(feature, rows, to: histogram) }
      return
    }
    var pending = 0
    for start in stride(from: 0, to: rows.count, by: Self.blockRows) {
      let count = min(Self.blockRows, rows.count - start)
      if pending + count > PackedSums.maximumRows {
        flush(into: histogram)
        pending = 0
      }
      gather(first + start, count: count)
      accumulate(bins.base, stride: width, words: words.base, count: count)
      pending += count
    }
    flush(into: histogram)
  }

  /// The same of all rows, which need no gathering.
  func buildOfAllRows(into histogram: Histogram) {
    histogram.clear(slots: slots)
    let block = PackedSums.maximumRows / 4
    var pending = 0
    for start in stride(from: 0, to: table.rows, by: block) {
      let count = min(block, table.rows - start)
      if pending + count > PackedSums.maximumRows {
        flush(into: histogram)
        pending = 0
      }
      accumulate(
        table.byRow.base + start * table.stride + features.lowerBound, stride: table.stride,
        words: gradients.packed.base + start, count: count)
      pending += count
    }
    flush(into: histogram)
  }

  private func gather(_ rows: UnsafePointer<UInt32>, count: Int) {
    let (stride, width) = (table.stride, width)
    let source = UnsafeRawPointer(table.byRow.base) + features.lowerBound
    let target = UnsafeMutableRawPointer(bins.base)
    let packed = gradients.packed.base
    let words = words.base
    let eights = width / 8 * 8
    let hasFour = eights < width
    for i in 0..<count {
      let row = Int(rows[i])
      words[i] = packed[row]
      let from = source + row * stride
      let to = target + i * width
      var byte = 0
      while byte < eights {
        to.storeBytes(
          of: from.loadUnaligned(fromByteOffset: byte, as: UInt64.self), toByteOffset: byte, as: UInt64.self)
        byte += 8
      }
      if hasFour {
        to.storeBytes(
          of: from.loadUnaligned(fromByteOffset: eights, as: UInt32.self), toByteOffset: eights, as: UInt32.self)
      }
    }
  }

  private func accumulate(
    _ bins: UnsafePointer<UInt8>, stride: Int, words: UnsafePointer<Int64>, count: Int
  ) {
    var feature = 0
    while feature + 8 <= width {
      Self.addEight(
        UnsafeRawPointer(bins) + feature, stride: stride, words: words, count: count, to: sums.base + 256 * feature)
      feature += 8
    }
    if feature < width {
      Self.addFour(
        UnsafeRawPointer(bins) + feature, stride: stride, words: words, count: count, to: sums.base + 256 * feature)
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
  private func flush(into histogram: Histogram) {
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
    for index in features.count..<width { sums.base[256 * index] = 0 }
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
