/// Sums by pair of small numbers for the length of a fold: a dense table while it is small, a hash table beyond.
struct PairSums<Value: Summable & BitwiseCopyable>: ~Copyable {
  private static var mostCells: Int { 1 << 13 }

  private let columns: Int
  private let dense: Scratch<Value>
  private var sparse = KeyedSums<Value>()

  /// - Parameter rows: that most pairs are in; others are welcome.
  init(rows: Int, columns: Int) {
    self.columns = columns
    dense = Scratch(repeating: .zero, count: min(rows, Self.mostCells / max(1, columns)) * columns)
  }

  @inline(__always)
  mutating func add(_ value: Value, _ row: Int, _ column: Int) {
    let cell = row &* columns &+ column
    if cell < dense.count {
      dense[cell] += value
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
