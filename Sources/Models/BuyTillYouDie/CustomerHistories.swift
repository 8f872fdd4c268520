import Foundation

/// What buy-till-you-die models know of customers: repeat purchases x, the time of the last one t_x and the time under
/// observation T, both since the first purchase and in one unit; equal histories are kept once, with their number.
///
/// A day's resolution leaves few distinct histories (a million customers have some ten thousands), and all fits and
/// predictions are over these. Cost: one pass with a hash table.
public struct CustomerHistories: Sendable {
  /// Sum of the weights of all rows.
  public let customers: Double
  /// Histories are grouped by x: the distinct values, ascending.
  package let purchases: [Double]
  /// Where each group begins in the columns below, and the end of the last one.
  package let starts: [Int]
  package let lastPurchase: [Double]
  package let age: [Double]
  package let weight: [Double]
  /// Which history each row has.
  package let historyOfRow: [Int32]

  /// Distinct histories.
  public var count: Int { age.count }

  /// - Parameters:
  ///   - x: repeat purchases (those after the first).
  ///   - lastPurchase: t_x; 0 where x is 0.
  ///   - age: T.
  ///   - weight: how many customers each row stands for; 1 by default.
  /// - Throws: `ModelError.malformedTable` naming the row (from 1) that cannot be.
  public init(
    x: [Double], lastPurchase: [Double], age: [Double], weight: [Double]? = nil
  ) throws(ModelError) {
    precondition(x.count == lastPurchase.count && x.count == age.count && x.count == weight?.count ?? x.count)
    var index = HistoryIndex()
    var rows: [Int32] = []
    rows.reserveCapacity(x.count)
    var customers = 0.0
    for row in x.indices {
      if let complaint = Self.complaint(x[row], lastPurchase[row], age[row], weight?[row] ?? 1) {
        throw ModelError(.malformedTable, "purchase histories: row \(row + 1): \(complaint)")
      }
      let count = weight?[row] ?? 1
      customers += count
      rows.append(index.add(x[row], lastPurchase[row], age[row], weight: count))
    }
    self.customers = customers
    // Groups of equal x, in each the order of first appearance.
    let order = index.grouped()
    purchases = order.keys
    starts = order.starts
    var place = [Int32](repeating: 0, count: order.members.count)
    for (new, old) in order.members.enumerated() { place[Int(old)] = Int32(new) }
    self.lastPurchase = order.members.map { index.lastPurchase[Int($0)] }
    self.age = order.members.map { index.age[Int($0)] }
    self.weight = order.members.map { index.weight[Int($0)] }
    for row in rows.indices { rows[row] = place[Int(rows[row])] }
    historyOfRow = rows
  }

  private static func complaint(_ x: Double, _ lastPurchase: Double, _ age: Double, _ weight: Double) -> String? {
    guard x >= 0, x.isFinite, x == x.rounded() else {
      return "x must be a whole number of repeat purchases, 0 or more"
    }
    guard age >= 0, age.isFinite else { return "T must be 0 or more" }
    guard lastPurchase >= 0, lastPurchase.isFinite else { return "t_x must be 0 or more" }
    guard lastPurchase <= age else {
      return "the last purchase is after the end of observation (t_x > T); check units and dates"
    }
    guard x == 0 || lastPurchase > 0 else {
      return "x counts repeat purchases, but t_x is 0; purchases at the time of the first belong to it"
    }
    guard x > 0 || lastPurchase == 0 else { return "t_x must be 0 where there is no repeat purchase (x = 0)" }
    guard weight >= 0, weight.isFinite else { return "the weight must be 0 or more" }
    return nil
  }

  /// - Throws: `.untrainable` when there is nothing to learn from.
  func checkTrainable(_ model: String) throws(ModelError) {
    guard customers > 0 else { throw ModelError(.untrainable, "\(model): there are no customers") }
    for group in purchases.indices where purchases[group] > 0 {
      for history in starts[group]..<starts[group + 1] where weight[history] > 0 { return }
    }
    throw ModelError(
      .untrainable, "\(model): no customer has bought again (x is 0 everywhere); take a longer time of observation")
  }

  /// ΣT / N and Σx / N.
  var means: (age: Double, purchases: Double) {
    var (ages, count) = (0.0, 0.0)
    for group in purchases.indices {
      for history in starts[group]..<starts[group + 1] {
        ages += weight[history] * age[history]
        count += weight[history] * purchases[group]
      }
    }
    return (ages / customers, count / customers)
  }
}

/// Distinct histories by open addressing.
private struct HistoryIndex: ~Copyable {
  private var slots = [Int32](repeating: -1, count: 1024)
  private(set) var x: [Double] = []
  private(set) var lastPurchase: [Double] = []
  private(set) var age: [Double] = []
  private(set) var weight: [Double] = []

  mutating func add(_ x: Double, _ lastPurchase: Double, _ age: Double, weight: Double) -> Int32 {
    if self.x.count * 2 >= slots.count { grow() }
    var slot = Self.hash(x, lastPurchase, age) & (slots.count - 1)
    while slots[slot] >= 0 {
      let found = Int(slots[slot])
      if self.age[found] == age, self.lastPurchase[found] == lastPurchase, self.x[found] == x {
        self.weight[found] += weight
        return slots[slot]
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    let new = Int32(self.x.count)
    slots[slot] = new
    self.x.append(x)
    self.lastPurchase.append(lastPurchase)
    self.age.append(age)
    self.weight.append(weight)
    return new
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 4)
    for history in x.indices {
      var slot = Self.hash(x[history], lastPurchase[history], age[history]) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(history)
    }
  }

  private static func hash(_ x: Double, _ lastPurchase: Double, _ age: Double) -> Int {
    // -0 and 0 are one time: adding 0 makes them one pattern of bits.
    var state = (x + 0).bitPattern &* 0x9e37_79b9_7f4a_7c15
    state = (state ^ (state >> 29) ^ (lastPurchase + 0).bitPattern) &* 0xbf58_476d_1ce4_e5b9
    state = (state ^ (state >> 31) ^ (age + 0).bitPattern) &* 0x94d0_49bb_1331_11eb
    return Int(truncatingIfNeeded: (state ^ (state >> 30)) >> 1)
  }

  /// Histories in groups of equal x.
  func grouped() -> (keys: [Double], starts: [Int], members: [Int32]) {
    let keys = Set(x).sorted()
    let places = Dictionary(uniqueKeysWithValues: zip(keys, 0...))
    var counts = [Int](repeating: 0, count: keys.count + 1)
    let groups = x.map { places[$0] ?? 0 }
    for group in groups { counts[group + 1] += 1 }
    for group in keys.indices { counts[group + 1] += counts[group] }
    var next = counts
    var members = [Int32](repeating: 0, count: x.count)
    for (history, group) in groups.enumerated() {
      members[next[group]] = Int32(history)
      next[group] += 1
    }
    return (keys, counts, members)
  }
}
