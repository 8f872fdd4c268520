import Journeys

/// What is counted of the paths of a file, in doubles and in the order of the rows.
struct PathFileTally: ~Copyable {
  private let wantsLinear: Bool
  private let wantsArcs: Bool
  private var steps = StringTable()
  private var path = Scratch<Int32>(64)
  private var journeys = 0.0
  private var total = Credit.zero
  private var unattributed = Credit.zero
  // By code of the step.
  private var first: [Credit] = []
  private var last: [Credit] = []
  private var linear: [Credit] = []
  /// By codes + 1, 0 for start and null.
  private var arcs = KeyedSums<Double>()

  init(_ models: [AttributionModel]) {
    wantsLinear = models.contains(.linear)
    wantsArcs = models.contains(.markov)
  }

  mutating func add(_ text: UnsafeRawBufferPointer, conversions: Double, revenue: Double, nulls: Double) {
    let length = read(text)
    let credit = Credit(conversions: conversions, revenue: revenue)
    journeys += conversions + nulls
    total += credit
    guard length > 0 else {
      unattributed += credit
      return
    }
    first[Int(path[0])] += credit
    last[Int(path[length - 1])] += credit
    if wantsLinear {
      let share = Credit(
        conversions: conversions / Double(length), revenue: revenue / Double(length))
      for step in 0..<length { linear[Int(path[step])] += share }
    }
    guard wantsArcs, conversions + nulls > 0 else { return }
    var previous = 0
    for step in 0..<length {
      let key = Int(path[step]) + 1
      if key != previous { arcs.add(conversions + nulls, at: pair(previous, key)) }
      previous = key
    }
    if nulls > 0 { arcs.add(nulls, at: pair(previous, 0)) }
  }

  /// Cuts a path into the codes of its steps and returns their number.
  private mutating func read(_ text: UnsafeRawBufferPointer) -> Int {
    path.reserve(text.count / 2 + 1)
    var length = 0
    var start = 0
    while start <= text.count {
      var end = start
      while end < text.count, text[end] != UInt8(ascii: ">") { end += 1 }
      let next = end + 1
      while start < end, text[start] <= 0x20 { start += 1 }
      while end > start, text[end - 1] <= 0x20 { end -= 1 }
      if start < end {
        let code = steps.code(of: UnsafeRawBufferPointer(rebasing: text[start..<end]))
        if Int(code) == first.count {
          first.append(.zero)
          last.append(.zero)
          linear.append(.zero)
        }
        path[length] = code
        length += 1
      }
      start = next
    }
    return length
  }

  consuming func summary() -> PathSummary {
    PathSummary(
      by: AttributionQuery.Dimension.channel.rawValue, keys: steps.names.map { AttributionResult.Key([$0]) },
      journeys: journeys, total: total, unattributed: unattributed, first: first, last: last, linear: linear,
      chain: MarkovChain(arcs.sorted().map { ($0.key, $0.value) }, conversions: last) { $0 - 1 })
  }
}
