/// Counts transitions between touch keys, 0 for the start before a path and for the null after it.
///
/// A dense square while it fits the first-level cache, a hash table beyond. What leaves for the same key is counted
/// too, so that the loop need not look, and left out in the end: a self-loop changes no removal effect.
struct ArcCounts: ~Copyable {
  private static let densest = 64
  private let keys: Int
  private let dense: Scratch<Int>
  private var sparse = KeyedSums<Int>()

  init(keys: Int) {
    self.keys = keys
    dense = Scratch(repeating: 0, count: keys <= Self.densest ? keys * keys : 0)
  }

  @inline(__always)
  mutating func add(_ count: Int, from: Int, to: Int) {
    if keys <= Self.densest {
      dense[from &* keys &+ to] &+= count
    } else if from != to {
      sparse.add(count, at: pair(from, to))
    }
  }

  consuming func add(to sums: inout KeyedSums<Int>) {
    sums.add(sparse)
    guard keys <= Self.densest else { return }
    for from in 0..<keys {
      for to in 0..<keys where from != to && dense[from * keys + to] != 0 {
        sums.add(dense[from * keys + to], at: pair(from, to))
      }
    }
  }
}
