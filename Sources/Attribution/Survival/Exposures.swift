/// How long the touches of journeys were looked at: what a survival model is fitted to.
///
/// A conversion's touches stand together, each with the time from it to the conversion. Those of journeys that came to
/// nothing need not be told by journey; most were looked at for the whole lookback, and of these only the number is
/// kept. Memory: 12 bytes a touch and 40 a conversion, as much again and half of that while a model is fitted. Beyond
/// `largest` touches none is taken, which `isFull` says.
struct Exposures<Sum: CreditSum>: Sendable, Codable, Equatable {
  /// 3 GB.
  static var largest: Int { 1 << 28 }

  /// Of the touches of conversions, one conversion after the other; ages in microseconds before it.
  private(set) var keys: [Int32] = []
  private(set) var ages: [Int64] = []
  /// By conversion: where its touches end, and what it is worth.
  private(set) var ends: [Int] = []
  private(set) var credits: [Sum] = []
  /// Of the touches of journeys that came to nothing: for how many microseconds nothing came of them.
  private(set) var nullKeys: [Int32] = []
  private(set) var nullAges: [Int64] = []
  /// Neighbours of the same weight: where they end, and for how many journeys each stands.
  private(set) var runEnds: [Int] = []
  private(set) var runWeights: [Sum.Count] = []
  /// By key: touches of which nothing came in `window` microseconds, after which nobody looked any more.
  private(set) var expired = KeyedSums<Sum.Count>()
  private(set) var window: Int64 = 0
  private(set) var isFull = false

  init() {}

  mutating func add(_ keys: UnsafeBufferPointer<Int32>, ages: UnsafePointer<Int64>, _ sum: Sum) {
    guard hasRoom(for: keys.count) else { return }
    self.keys.append(contentsOf: keys)
    self.ages.append(contentsOf: UnsafeBufferPointer(start: ages, count: keys.count))
    ends.append(self.keys.count)
    credits.append(sum)
  }

  /// - Parameter window: for how long a touch is looked at at most.
  mutating func add(
    _ keys: UnsafeBufferPointer<Int32>, ages: UnsafePointer<Int64>, nulls: Sum.Count, window: Int64
  ) {
    guard hasRoom(for: keys.count) else { return }
    for touch in keys.indices {
      if ages[touch] >= window {
        self.window = max(self.window, window)
        expired.add(nulls, at: UInt64(keys[touch]))
      } else {
        nullKeys.append(keys[touch])
        nullAges.append(ages[touch])
      }
    }
    endRun(nulls)
  }

  mutating func add(_ later: Exposures) { add(later, { $0 }, { $0 }) }

  /// Adds other exposures, what they are worth and their weights as they are converted.
  mutating func add<Other>(
    _ other: Exposures<Other>, _ credit: (Other) -> Sum, _ count: (Other.Count) -> Sum.Count
  ) {
    if other.isFull { isFull = true }
    guard hasRoom(for: other.keys.count + other.nullKeys.count) else { return }
    let start = keys.count
    keys += other.keys
    ages += other.ages
    for end in other.ends { ends.append(start + end) }
    for sum in other.credits { credits.append(credit(sum)) }
    var place = 0
    for (end, weight) in zip(other.runEnds, other.runWeights) {
      nullKeys += other.nullKeys[place..<end]
      nullAges += other.nullAges[place..<end]
      endRun(count(weight))
      place = end
    }
    expired.add(other.expired, count)
    window = max(window, other.window)
  }

  private mutating func hasRoom(for touches: Int) -> Bool {
    if keys.count &+ nullKeys.count &+ touches > Self.largest { isFull = true }
    return !isFull
  }

  /// What was appended has this weight.
  private mutating func endRun(_ weight: Sum.Count) {
    guard nullKeys.count > runEnds.last ?? 0 else { return }
    if runWeights.last == weight {
      runEnds[runEnds.count - 1] = nullKeys.count
    } else {
      runEnds.append(nullKeys.count)
      runWeights.append(weight)
    }
  }

  private enum CodingKeys: CodingKey {
    case keys, ages, ends, credits, nullKeys, nullAges, runEnds, runWeights, expired, window, isFull
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    keys = try container.decode([Int32].self, forKey: .keys)
    ages = try container.decode([Int64].self, forKey: .ages)
    ends = try container.decode([Int].self, forKey: .ends)
    credits = try container.decode([Sum].self, forKey: .credits)
    nullKeys = try container.decode([Int32].self, forKey: .nullKeys)
    nullAges = try container.decode([Int64].self, forKey: .nullAges)
    runEnds = try container.decode([Int].self, forKey: .runEnds)
    runWeights = try container.decode([Sum.Count].self, forKey: .runWeights)
    expired = try container.decode(KeyedSums<Sum.Count>.self, forKey: .expired)
    window = try container.decode(Int64.self, forKey: .window)
    isFull = try container.decode(Bool.self, forKey: .isFull)
    func cuts(_ ends: [Int], _ count: Int) -> Bool {
      (ends.last ?? 0) == count && zip([0] + ends, ends).allSatisfy { $0 < $1 }
    }
    guard ages.count == keys.count, credits.count == ends.count, cuts(ends, keys.count),
      nullAges.count == nullKeys.count, runWeights.count == runEnds.count, cuts(runEnds, nullKeys.count)
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .ends, in: container, debugDescription: "they do not cut the touches")
    }
  }
}
