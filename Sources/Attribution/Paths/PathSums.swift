/// Sums by distinct path: a hash table that only grows, in which every path stands once.
///
/// Memory is that of the distinct paths: 4 bytes a step, some 70 bytes a path. Beyond `largest` steps no new path is
/// taken, which `isFull` says.
struct PathSums<Sum: CreditSum>: Sendable, Codable, Equatable {
  /// 2 GB of steps.
  static var largest: Int { 1 << 29 }

  private var steps: [Int32] = []
  private var offsets: [Int] = [0]
  private var sums: [Sum] = []
  private var nulls: [Sum.Count] = []
  private(set) var isFull = false
  private var index = PathIndex()

  init() {}

  var count: Int { sums.count }

  mutating func add(_ path: UnsafeBufferPointer<Int32>, _ sum: Sum, nulls count: Sum.Count) {
    let hash = PathIndex.hash(path)
    if let place = index.find(hash, where: { equals($0, path) }) {
      sums[place] += sum
      nulls[place] += count
      return
    }
    guard steps.count &+ path.count <= Self.largest, sums.count < Int(UInt32.max) &- 1 else {
      isFull = true
      return
    }
    steps.append(contentsOf: path)
    offsets.append(steps.count)
    sums.append(sum)
    nulls.append(count)
    index.append(hash)
  }

  mutating func add(_ other: PathSums) {
    if other.isFull { isFull = true }
    other.forEach { path, sum, nulls in add(path, sum, nulls: nulls) }
  }

  /// In the order in which the paths came.
  func forEach(_ body: (UnsafeBufferPointer<Int32>, Sum, Sum.Count) -> Void) {
    steps.withUnsafeBufferPointer { steps in
      for place in sums.indices {
        body(UnsafeBufferPointer(rebasing: steps[offsets[place]..<offsets[place + 1]]), sums[place], nulls[place])
      }
    }
  }

  private func equals(_ place: Int, _ path: UnsafeBufferPointer<Int32>) -> Bool {
    let start = offsets[place]
    guard offsets[place &+ 1] &- start == path.count else { return false }
    return steps.withUnsafeBufferPointer { steps in
      for step in 0..<path.count where steps[start &+ step] != path[step] { return false }
      return true
    }
  }

  /// Whatever the order in which the paths came.
  static func == (a: Self, b: Self) -> Bool {
    guard a.sums.count == b.sums.count else { return false }
    var places: [[Int32]: Int] = [:]
    for place in a.sums.indices { places[a[place]] = place }
    return b.sums.indices.allSatisfy { other in
      guard let place = places[b[other]] else { return false }
      return a.sums[place] == b.sums[other] && a.nulls[place] == b.nulls[other]
    }
  }

  private subscript(place: Int) -> [Int32] { Array(steps[offsets[place]..<offsets[place + 1]]) }

  private enum CodingKeys: CodingKey { case steps, offsets, sums, nulls, isFull }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    steps = try container.decode([Int32].self, forKey: .steps)
    offsets = try container.decode([Int].self, forKey: .offsets)
    sums = try container.decode([Sum].self, forKey: .sums)
    nulls = try container.decode([Sum.Count].self, forKey: .nulls)
    isFull = try container.decode(Bool.self, forKey: .isFull)
    guard offsets.count == sums.count + 1, nulls.count == sums.count, offsets.first == 0, offsets.last == steps.count,
      zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 })
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .offsets, in: container, debugDescription: "they do not cut the steps")
    }
    for place in sums.indices { index.append(PathIndex.hash(steps[offsets[place]..<offsets[place + 1]])) }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(steps, forKey: .steps)
    try container.encode(offsets, forKey: .offsets)
    try container.encode(sums, forKey: .sums)
    try container.encode(nulls, forKey: .nulls)
    try container.encode(isFull, forKey: .isFull)
  }
}
