import Attribution
import Foundation
import TestSupport

/// A row of a path file as a test writes it down.
struct TestPath {
  var steps: [Int32]
  var credit: Credit
  var nulls: Double

  init(_ steps: [Int32], _ conversions: Double, _ revenue: Double = 0, nulls: Double = 0) {
    self.steps = steps
    credit = Credit(conversions: conversions, revenue: revenue)
    self.nulls = nulls
  }
}

extension PathTable {
  /// Rows of the same path are merged.
  init(_ rows: [TestPath], keys: Int) {
    self.init(keys: keys)
    var merged: [[Int32]: (Credit, Double)] = [:]
    for row in rows {
      var (credit, nulls) = merged[row.steps] ?? (.zero, 0)
      credit += row.credit
      merged[row.steps] = (credit, nulls + row.nulls)
    }
    for row in rows where !row.steps.isEmpty {
      guard let (credit, nulls) = merged.removeValue(forKey: row.steps) else { continue }
      append(row.steps, credit, nulls: nulls)
    }
  }

  /// Random paths of few keys with repeats, some of which did not convert.
  static func random(_ paths: Int, keys: Int, longest: Int = 6, using random: inout TestRandom) -> PathTable {
    PathTable(
      (0..<paths).map { _ in
        let steps = (0..<Int.random(in: 1...longest, using: &random)).map { _ in
          Int32.random(in: 0..<Int32(keys), using: &random)
        }
        let converts = Bool.random(using: &random)
        return TestPath(
          steps, converts ? Double(Int.random(in: 1...9, using: &random)) : 0,
          converts ? Double.random(in: 0...50, using: &random) : 0,
          nulls: Double(Int.random(in: 0...20, using: &random)))
      }, keys: keys)
  }
}

/// Paths with the names of their keys, by order of first appearance.
struct NamedPaths {
  var names: [String] = []
  private(set) var rows: [TestPath] = []

  var paths: PathTable { PathTable(rows, keys: names.count) }

  mutating func add(_ path: some StringProtocol, _ conversions: Double, _ revenue: Double, nulls: Double) {
    var steps: [Int32] = []
    for token in path.split(separator: ">") {
      let name = token.trimmingCharacters(in: .whitespaces)
      guard !name.isEmpty else { continue }
      if let place = names.firstIndex(of: name) {
        steps.append(Int32(place))
      } else {
        steps.append(Int32(names.count))
        names.append(name)
      }
    }
    rows.append(TestPath(steps, conversions, revenue, nulls: nulls))
  }

  /// The public data set of 10,000 rows (see the reference cases).
  static func pathData() throws -> NamedPaths {
    let text = try String(contentsOf: SharedData.url("cases/attribution/pathdata.csv"), encoding: .utf8)
    var paths = NamedPaths()
    for line in text.split(whereSeparator: \.isNewline).dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count == 4, let conversions = Double(fields[1]), let revenue = Double(fields[2]),
        let nulls = Double(fields[3])
      else { throw CocoaError(.fileReadCorruptFile) }
      paths.add(fields[0], conversions, revenue, nulls: nulls)
    }
    return paths
  }
}

extension [Credit] {
  var sum: Credit { reduce(into: .zero) { $0 += $1 } }
}

/// Whether two credits differ by no more than rounding of numbers the size of `scale`.
func close(_ a: Credit, _ b: Credit, scale: Double = 1, _ tolerance: Double = 1e-9) -> Bool {
  abs(a.conversions - b.conversions) <= tolerance * max(scale, abs(b.conversions))
    && abs(a.revenue - b.revenue) <= tolerance * max(scale, abs(b.revenue))
}
