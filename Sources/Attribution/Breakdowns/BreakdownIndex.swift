import Journeys

/// Which values of a breakdown are told apart: those with most events, the rest as `Other`.
final class BreakdownIndex: Sendable {
  /// Up to so many codes are looked up in a table, more by hashing.
  private static let tableSize: UInt64 = 1 << 20

  let coder: ValueCoder
  /// By group.
  let values: [[String]]
  private let table: [Int32]
  private let groups: [UInt64: Int32]
  /// That of every value without a group of its own.
  private let other: Int32

  /// - Parameter counts: the events of each code.
  init(_ coder: ValueCoder, _ counts: KeyedSums<Int>, limit: Int) {
    self.coder = coder
    let found = zip(counts.keys, counts.values).map { (code: $0, events: $1, texts: coder.texts($0)) }
    // Of equally frequent values the later in order, as PostHog has it.
    let ranked = found.sorted { a, b in
      a.events != b.events ? a.events > b.events : b.texts.lexicographicallyPrecedes(a.texts)
    }
    var values = ranked.prefix(limit).map(\.texts)
    let groups = Dictionary(uniqueKeysWithValues: zip(ranked.prefix(limit).map(\.code), Int32(0)...))
    other = Int32(values.count)
    if ranked.count > limit { values.append(["Other"]) }
    self.values = values
    if coder.count <= Self.tableSize {
      var table = [Int32](repeating: other, count: Int(coder.count))
      for (code, group) in groups { table[Int(code)] = group }
      (self.table, self.groups) = (table, [:])
    } else {
      (table, self.groups) = ([], groups)
    }
  }

  /// The group of a code that was counted.
  @inline(__always)
  func group(ofCode code: UInt64) -> Int32 {
    table.isEmpty ? groups[code] ?? other : table[Int(truncatingIfNeeded: code)]
  }
}

/// Counts the events of every value of a breakdown, among those that are any step.
struct BreakdownCounts: Aggregation {
  let coder: ValueCoder
  let classifier: EventClassifier
  /// The classes of the classifier that are steps.
  let steps: UInt64
  let period: ClosedRange<Int64>?

  func empty() -> KeyedSums<Int> { KeyedSums() }

  func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout KeyedSums<Int>) {
    let (masks, codes) = (classifier.masks, coder.codes)
    store.withColumns { columns in
      for customer in customers {
        var events = columns.events(of: customer..<customer &+ 1)
        if let period { events = columns.events(events, in: period) }
        for event in events where masks.mask(event) & steps != 0 { partial.add(1, at: codes.code(event)) }
      }
    }
  }

  func merge(_ later: KeyedSums<Int>, into partial: inout KeyedSums<Int>) {
    for (code, count) in zip(later.keys, later.values) { partial.add(count, at: code) }
  }

  func finish(_ partial: KeyedSums<Int>) -> KeyedSums<Int> { partial }
}
