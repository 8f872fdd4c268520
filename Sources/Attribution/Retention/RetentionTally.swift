/// What is counted of a retention query: whole numbers, by (row of a value of the breakdown, column).
public struct RetentionTally: Sendable, Codable, Equatable {
  /// By number of the breakdown's value: customers who are in any row.
  var members = KeyedSums<Int>()
  /// Customers.
  var counts = KeyedSums<Int>()
  var sums = KeyedSums<PropertySum>()
  /// If customers are listed.
  var listed = ListedRetention()

  mutating func add(_ later: RetentionTally) {
    members.add(later.members)
    counts.add(later.counts)
    sums.add(later.sums)
    listed.add(later.listed)
  }
}

/// A property over events, in units of which a number of the answer has a fixed many.
struct PropertySum: Summable, BitwiseCopyable {
  static let zero = PropertySum(units: 0, customers: 0)

  var units: Int128
  /// With such an event.
  var customers: Int

  @inline(__always)
  static func += (total: inout PropertySum, other: PropertySum) {
    total.units &+= other.units
    total.customers &+= other.customers
  }
}

/// The customers of each row in the order of the store, each with the columns in which he is counted.
struct ListedRetention: Sendable, Codable, Equatable {
  private(set) var rows: [UInt32] = []
  private(set) var customers: [Int32] = []
  /// Bits, so many words a customer as the columns need.
  private(set) var columns: [UInt64] = []

  mutating func add(_ row: Int, _ customer: Int, _ words: borrowing Scratch<UInt64>) {
    rows.append(UInt32(row))
    customers.append(Int32(customer))
    for word in 0..<words.count { columns.append(words[word]) }
  }

  mutating func add(_ later: ListedRetention) {
    rows += later.rows
    customers += later.customers
    columns += later.columns
  }

  func isActive(_ place: Int, _ column: Int) -> Bool {
    let words = columns.count / rows.count
    return columns[place * words + column / 64] >> UInt64(column % 64) & 1 != 0
  }
}
