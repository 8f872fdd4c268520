extension PathTable {
  /// The table of the sets of keys of these paths, each its distinct keys in ascending order: for the models to which
  /// order and repeats mean nothing. Paths of the same set become one, in the order in which the sets first occur.
  package var sets: PathTable {
    var place = PathIndex(capacity: min(count, 1 << 16))
    var sets = PathTable(keys: keyCount)
    // By key: the last path that it was seen in.
    var seen = Array(repeating: Int.max, count: keyCount)
    var set: [Int32] = []
    for path in 0..<count {
      set.removeAll(keepingCapacity: true)
      for step in steps[offsets[path]..<offsets[path + 1]] where seen[Int(step)] != path {
        seen[Int(step)] = path
        set.append(step)
      }
      set.sort()
      let hash = PathIndex.hash(set)
      if let found = place.find(hash, where: { sets[$0].elementsEqual(set) }) {
        sets.add(credits[path], nulls: nulls[path], at: found)
      } else {
        place.append(hash)
        sets.append(set, credits[path], nulls: nulls[path])
      }
    }
    return sets
  }

  /// The keys that occur in a path, ascending.
  var occurringKeys: [Int] {
    var occurs = Array(repeating: false, count: keyCount)
    for step in steps { occurs[Int(step)] = true }
    return occurs.indices.filter { occurs[$0] }
  }
}
