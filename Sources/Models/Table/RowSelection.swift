/// Some rows of a table, without a list of them.
///
/// `every: k` is the split of the reference cases: row i (0-based) is a test row exactly if i % k == 0.
public struct RowSelection: Sendable, Equatable {
  private enum Rule: Sendable, Equatable {
    case all
    case every(Int)
    case allButEvery(Int)
  }

  private let rule: Rule
  public let count: Int

  private init(_ rule: Rule, count: Int) {
    self.rule = rule
    self.count = count
  }

  public static func all(of rows: Int) -> RowSelection { RowSelection(.all, count: rows) }

  /// Rows 0, k, 2k, ...
  ///
  /// - Precondition: k > 0.
  public static func test(every k: Int, of rows: Int) -> RowSelection {
    RowSelection(.every(k), count: (rows + k - 1) / k)
  }

  /// The rows that `test(every:of:)` leaves.
  public static func training(every k: Int, of rows: Int) -> RowSelection {
    RowSelection(.allButEvery(k), count: rows - (rows + k - 1) / k)
  }

  /// The table row of the selection's row `index`.
  @inline(__always) public subscript(index: Int) -> Int {
    switch rule {
    case .all: index
    case .every(let k): index * k
    case .allButEvery(let k): index + index / (k - 1) + 1
    }
  }
}
