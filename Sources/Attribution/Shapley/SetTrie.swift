/// Sets of keys as a tree, to find those of them that are subsets of a set (Savnik 2013, "Index data structure for fast
/// subset and superset queries").
///
/// Nodes lie in preorder, each with the place after its subtree, so that a search runs once along the array and jumps
/// over what the set cannot hold. Keys are ranked from rare to frequent: most subtrees are left at their root.
struct SetTrie: Sendable {
  /// Sets of the table in the tree's order.
  private(set) var sets: [Int] = []
  /// By key: its place from rare to frequent.
  private let rank: [Int32]
  private var nodes: [Node] = []

  private struct Node {
    var rank: Int32
    /// The first node after its subtree.
    var next: Int32
    /// Of the set that ends here, in `sets`; -1 if none does.
    var set: Int32
  }

  /// - Parameter chosen: places in a table of distinct sets.
  init(_ table: PathTable, _ chosen: [Int]) {
    var frequency = Array(repeating: 0, count: table.keyCount)
    for set in chosen { for key in table[set] { frequency[Int(key)] += 1 } }
    let byFrequency = frequency.indices.sorted { (frequency[$0], $0) < (frequency[$1], $1) }
    var rank = Array(repeating: Int32(0), count: table.keyCount)
    for (place, key) in byFrequency.enumerated() { rank[key] = Int32(place) }
    self.rank = rank

    var ranks: [Int32] = []
    var offsets = [0]
    for set in chosen {
      ranks.append(contentsOf: table[set].map { rank[Int($0)] }.sorted())
      offsets.append(ranks.count)
    }
    let order = chosen.indices.sorted { a, b in
      ranks[offsets[a]..<offsets[a + 1]].lexicographicallyPrecedes(ranks[offsets[b]..<offsets[b + 1]])
    }
    // The nodes from the root to the last one.
    var path: [Int] = []
    for set in order {
      let steps = ranks[offsets[set]..<offsets[set + 1]]
      var shared = 0
      while shared < min(path.count, steps.count), nodes[path[shared]].rank == steps[steps.startIndex + shared] {
        shared += 1
      }
      close(&path, to: shared)
      for step in steps.dropFirst(shared) {
        path.append(nodes.count)
        nodes.append(Node(rank: step, next: 0, set: -1))
      }
      nodes[nodes.count - 1].set = Int32(sets.count)
      sets.append(chosen[set])
    }
    close(&path, to: 0)
  }

  private mutating func close(_ path: inout [Int], to depth: Int) {
    while path.count > depth { nodes[path.removeLast()].next = Int32(nodes.count) }
  }

  /// Calls `body` with the place in `sets` of every set that lies within `set`.
  ///
  /// - Parameter isIn: as many as keys, all false; left so.
  @inline(__always)
  func subsets(of set: ArraySlice<Int32>, _ isIn: inout [Bool], _ body: (Int) -> Void) {
    for key in set { isIn[Int(rank[Int(key)])] = true }
    nodes.withUnsafeBufferPointer { nodes in
      var place = 0
      while place < nodes.count {
        let node = nodes[place]
        if isIn[Int(node.rank)] {
          if node.set >= 0 { body(Int(node.set)) }
          place &+= 1
        } else {
          place = Int(node.next)
        }
      }
    }
    for key in set { isIn[Int(rank[Int(key)])] = false }
  }
}
