/// Sums by pair of small numbers for the length of a fold: a dense table while it is small, a hash table beyond.
struct PairSums<Value: Summable & BitwiseCopyable>: ~Copyable {
  private static var mostCells: Int { 1 << 13 }

  private let columns: Int
  private let dense: Scratch<Value>
  private var sparse = KeyedSums<Value>()

  init(rows: Int, columns: Int) {
    self.columns = columns
    let (cells, overflow) = rows.multipliedReportingOverflow(by: columns)
    dense = Scratch(repeating: .zero, count: overflow || cells > Self.mostCells ? 0 : cells)
  }

  @inline(__always)
  mutating func add(_ value: Value, _ row: Int, _ column: Int) {
    if dense.count > 0 {
      dense[row &* columns &+ column] += value
    } else {
      sparse.add(value, at: pair(row, column))
    }
  }

  /// Adds all sums that are not zero to others.
  consuming func add(to sums: inout KeyedSums<Value>) {
    sums.add(sparse)
    for cell in 0..<dense.count where dense[cell] != .zero {
      sums.add(dense[cell], at: pair(cell / columns, cell % columns))
    }
  }
}
