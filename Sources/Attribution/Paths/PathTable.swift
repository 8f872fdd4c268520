/// Distinct paths and what came of them: all that a model without times knows.
///
/// A step is the place of its touch key in a list of `keyCount` names. Paths of the same steps occur once; there is
/// none without a step. The order of paths is fixed by the data, so that sums of doubles over them are too.
package struct PathTable: Sendable {
  package let keyCount: Int
  /// All paths, one after the other.
  package private(set) var steps: [Int32] = []
  /// By path, one more than there are: where its steps begin.
  package private(set) var offsets: [Int] = [0]
  /// By path, of the journeys that converted.
  package private(set) var credits: [Credit] = []
  /// By path: journeys that came to nothing.
  package private(set) var nulls: [Double] = []

  package init(keys: Int) { keyCount = keys }

  package var count: Int { credits.count }

  package var total: Credit { credits.reduce(into: .zero) { $0 += $1 } }

  package subscript(path: Int) -> ArraySlice<Int32> { steps[offsets[path]..<offsets[path + 1]] }

  /// The caller sees to it that no path comes twice.
  package mutating func append(_ path: some Collection<Int32>, _ credit: Credit, nulls: Double) {
    steps.append(contentsOf: path)
    offsets.append(steps.count)
    credits.append(credit)
    self.nulls.append(nulls)
  }

  /// The keys that occur in a path, ascending.
  var occurringKeys: [Int] {
    var occurs = Array(repeating: false, count: keyCount)
    for step in steps { occurs[Int(step)] = true }
    return occurs.indices.filter { occurs[$0] }
  }
}
