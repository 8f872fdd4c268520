/// Where the slots of each feature lie in a histogram.
struct HistogramLayout: Sendable {
  /// Slots of feature f: offsets[f]..<offsets[f + 1], that of missing values last where there is one.
  let offsets: [Int]
  var slots: Int { offsets[offsets.count - 1] }

  init(_ features: [FeatureBins]) {
    offsets = features.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.slots) }
  }
}

/// Sums over the rows of one leaf, by feature and bin. A view into a pool.
struct Histogram: @unchecked Sendable {
  let gradients: UnsafeMutablePointer<Int64>
  let hessians: UnsafeMutablePointer<Int64>
  let counts: UnsafeMutablePointer<Int32>

  /// Leaves what the slots hold less what the other's hold.
  func subtract(_ other: Histogram, slots: Range<Int>) {
    for slot in slots { gradients[slot] &-= other.gradients[slot] }
    for slot in slots { hessians[slot] &-= other.hessians[slot] }
    for slot in slots { counts[slot] &-= other.counts[slot] }
  }

  func add(_ other: Histogram, slots: Range<Int>) {
    for slot in slots { gradients[slot] &+= other.gradients[slot] }
    for slot in slots { hessians[slot] &+= other.hessians[slot] }
    for slot in slots { counts[slot] &+= other.counts[slot] }
  }

  func clear(slots: Range<Int>) {
    (gradients + slots.lowerBound).update(repeating: 0, count: slots.count)
    (hessians + slots.lowerBound).update(repeating: 0, count: slots.count)
    (counts + slots.lowerBound).update(repeating: 0, count: slots.count)
  }
}

/// Room for one histogram per leaf and per member of a team, allocated once per fit.
struct HistogramPool {
  private let slots: Int
  private let gradients: SharedBuffer<Int64>
  private let hessians: SharedBuffer<Int64>
  private let counts: SharedBuffer<Int32>
  /// Where the histogram of each leaf lies.
  private var places: [Int]

  init(leaves: Int, members: Int, slots: Int) {
    self.slots = slots
    let count = leaves + members
    gradients = SharedBuffer(uninitialized: count * slots)
    hessians = SharedBuffer(uninitialized: count * slots)
    counts = SharedBuffer(uninitialized: count * slots)
    places = Array(0..<leaves)
  }

  subscript(leaf: Int) -> Histogram {
    histogram(places[leaf])
  }

  /// What a member adds up by itself.
  func own(_ member: Int) -> Histogram { histogram(places.count + member) }

  private func histogram(_ place: Int) -> Histogram {
    let start = place * slots
    return Histogram(
      gradients: gradients.base + start, hessians: hessians.base + start, counts: counts.base + start)
  }

  mutating func exchange(_ a: Int, _ b: Int) { places.swapAt(a, b) }
}
