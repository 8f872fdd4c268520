import Synchronization

/// The bins of every value of a table, one byte each.
///
/// Twice: row after row, from which histograms are made, and, for training rows, column after column, by which the rows
/// of a leaf are parted. A row has its packed gradient beside its codes, so that 56 features take one cache line and a
/// row of a leaf, wherever it lies, one cache miss.
final class BinnedTable: Sendable {
  let rows: Int
  let features: [FeatureBins]
  /// Bytes from row to row: a word for `GradientBuffer`, a code for each feature, zeros up to a multiple of 64 or, for
  /// few features, up to 32.
  let stride: Int
  private let byRow: SharedBuffer<UInt8>
  let byColumn: SharedBuffer<UInt8>

  /// Rows in the sample that bins are found from, at most.
  static let sampleRows = 200_000
  static let wordSize = 8
  private static let chunkRows = 4096
  private static let blockRows = 128

  /// Finds the bins of a table and encodes it.
  convenience init(_ matrix: FeatureMatrix, settings: BoostingSettings, team: ThreadTeam) {
    let bins = Self.findBins(of: matrix, settings: settings, team: team)
    self.init(matrix, bins: bins, isColumnar: true, team: team)
  }

  /// Encodes other rows with the bins of a table.
  convenience init(_ matrix: FeatureMatrix, binnedAs table: BinnedTable, team: ThreadTeam) {
    self.init(matrix, bins: table.features, isColumnar: false, team: team)
  }

  private init(_ matrix: FeatureMatrix, bins: [FeatureBins], isColumnar: Bool, team: ThreadTeam) {
    rows = matrix.rows
    let size = Self.wordSize + bins.count
    let stride = size <= 32 ? 32 : (size + 63) / 64 * 64
    self.stride = stride
    byRow = SharedBuffer(uninitialized: rows * stride)
    byColumn = SharedBuffer(uninitialized: isColumnar ? rows * bins.count : 0)
    let coders = bins.map(BinCoder.init)
    let (count, records, byColumn) = (rows, byRow.base, byColumn.base)
    let byRow = records + Self.wordSize
    let isMissing = SharedBuffer(team.count * bins.count, repeating: false)
    team.forEach(chunks: (rows + Self.chunkRows - 1) / Self.chunkRows) { chunk, member in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: Self.blockRows * bins.count) { block in
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.blockRows) { codes in
          guard let values = block.baseAddress, let codes = codes.baseAddress else { return }
          let first = chunk * Self.chunkRows
          let end = min(first + Self.chunkRows, count)
          records.advanced(by: first * stride).update(repeating: 0, count: (end - first) * stride)
          for start in Swift.stride(from: first, to: end, by: Self.blockRows) {
            let range = start..<min(start + Self.blockRows, end)
            matrix.fill(range, into: values)
            for (feature, coder) in coders.enumerated() {
              coder.encode(values + feature, stride: bins.count, count: range.count, into: codes)
              var hasMissing = false
              for row in 0..<range.count {
                byRow[(start + row) * stride + feature] = codes[row]
                if codes[row] == FeatureBins.missingCode { hasMissing = true }
              }
              if isColumnar { (byColumn + feature * count + start).update(from: codes, count: range.count) }
              if hasMissing { isMissing.base[member * bins.count + feature] = true }
            }
          }
        }
      }
    }
    // The sample may have missed the only missing value.
    var features = bins
    if isColumnar {
      for feature in features.indices where !features[feature].hasMissing {
        features[feature].hasMissing = (0..<team.count).contains { isMissing.base[$0 * bins.count + feature] }
      }
    }
    self.features = features
  }

  /// The packed gradients of all rows, `stride` bytes from one to the next.
  var words: UnsafeMutableRawPointer { UnsafeMutableRawPointer(byRow.base) }

  /// The codes of a row.
  func codes(_ row: Int) -> UnsafePointer<UInt8> { UnsafePointer(byRow.base + row * stride + Self.wordSize) }

  private static func findBins(
    of matrix: FeatureMatrix, settings: BoostingSettings, team: ThreadTeam
  ) -> [FeatureBins] {
    let sampled = min(matrix.rows, sampleRows)
    let width = matrix.width
    let sample = SharedBuffer<Double>(uninitialized: sampled * width)
    team.forEach(chunks: (sampled + chunkRows - 1) / chunkRows) { chunk, _ in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { row in
        guard let row = row.baseAddress else { return }
        for i in chunk * chunkRows..<min((chunk + 1) * chunkRows, sampled) {
          // One row of each of equal stretches, at random within it: no period of the table's order can hide in it.
          let stretch = part(i, of: sampled, count: matrix.rows)
          let index = stretch.lowerBound + Int(Mix.hash(settings.seed, i) % UInt64(stretch.count))
          matrix.fill(index..<(index + 1), into: row)
          for feature in 0..<width { sample.base[feature * sampled + i] = row[feature] }
        }
      }
    }
    let found = Mutex([FeatureBins?](repeating: nil, count: width))
    let finder = BinFinder(bins: max(settings.bins - 1, 2))
    team.forEach(chunks: width) { feature, _ in
      var values = Array(UnsafeBufferPointer(start: sample.base + feature * sampled, count: sampled))
      values.removeAll { $0.isNaN }
      let hasMissing = values.count < sampled
      radixSort(&values)
      let bins =
        matrix.encoding.isCategorical(feature)
        ? finder.categorical(values, hasMissing: hasMissing) : finder.numeric(values, hasMissing: hasMissing)
      found.withLock { $0[feature] = bins }
    }
    return found.withLock { $0.compactMap(\.self) }
  }
}
