import Attribution

extension PathTable {
  /// The table of the sets of keys of these paths: what a tally counts for the models to which order and repeats mean
  /// nothing.
  var sets: PathTable {
    var order: [[Int32]] = []
    var sums: [[Int32]: (credit: Credit, nulls: Double)] = [:]
    for path in 0..<count {
      let set = Set(self[path]).sorted()
      if sums[set] == nil { order.append(set) }
      sums[set, default: (.zero, 0)].credit += credits[path]
      sums[set, default: (.zero, 0)].nulls += nulls[path]
    }
    return order.reduce(into: PathTable(keys: keyCount)) { table, set in
      table.append(set, sums[set]?.credit ?? .zero, nulls: sums[set]?.nulls ?? 0)
    }
  }
}
