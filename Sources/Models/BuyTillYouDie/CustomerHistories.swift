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
      rows.append(index.add(.init(x: x[row], lastPurchase: lastPurchase[row], age: age[row], weight: count)))
    }
    self.customers = customers
    // Groups of equal x, in each the order of first appearance.
    let order = index.grouped()
    purchases = order.keys
    starts = order.starts
    var place = [Int32](repeating: 0, count: order.members.count)
    for (new, old) in order.members.enumerated() { place[Int(old)] = Int32(new) }
    self.lastPurchase = order.members.map { index.entries[Int($0)].lastPurchase }
    self.age = order.members.map { index.entries[Int($0)].age }
    self.weight = order.members.map { index.entries[Int($0)].weight }
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
