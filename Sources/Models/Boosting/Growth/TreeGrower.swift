/// Grows trees leaf by leaf: the split with the largest gain of all leaves is made next.
///
/// Only the smaller child of a split is added up; the larger is the parent less the smaller. Every member of the team
/// has a share of the features and does all for them (histogram, subtraction, search), so that a split takes three
/// short phases. Cost: bytes of the smaller children's rows for histograms, a byte and an index per row to part a leaf.
final class TreeGrower {
  private let table: BinnedTable
  private let gradients: GradientBuffer
  private let settings: BoostingSettings
  /// What the settings and the rows allow.
  private let leaves: Int
  private let finder: SplitFinder
  private let builders: [HistogramBuilder]
  private var pool: HistogramPool
  private let team: ThreadTeam
  let partition: RowPartition

  init(_ table: BinnedTable, gradients: GradientBuffer, settings: BoostingSettings, monotone: [Int], team: ThreadTeam) {
    self.table = table
    self.gradients = gradients
    self.settings = settings
    self.team = team
    let layout = HistogramLayout(table.features)
    finder = SplitFinder(
      features: table.features, layout: layout, monotone: monotone,
      minimumRows: Int32(clamping: settings.minSamplesLeaf), minimumHessian: settings.minHessianLeaf,
      regularization: settings.l2Regularization)
    leaves = min(settings.leaves, max(table.rows / settings.minSamplesLeaf, 1))
    let count = table.features.count
    let fours = (count + 3) / 4
    builders = (0..<team.count).map { member in
      let own = part(member, of: team.count, count: fours)
      return HistogramBuilder(
        features: min(own.lowerBound * 4, count)..<min(own.upperBound * 4, count), table: table, layout: layout,
        gradients: gradients)
    }
    pool = HistogramPool(leaves: leaves, members: team.count, slots: layout.slots)
    partition = RowPartition(rows: table.rows)
  }

  /// A leaf that may still be split.
  private struct Open {
    var leaf: Int
    var best: SplitCandidate
    /// The split it hangs on, and on which side.
    var parent: Int
    var isLeft: Bool
  }

  /// Grows one tree from the first `rows` rows of the partition.
  func grow(rows: Int, quanta: GradientBuffer.Quanta, isSampled: [Bool]) -> GrownTree {
    var tree = GrownTree()
    let root = pool[0]
    let add = adder(of: 0..<rows, to: root)
    team.run { add($0) }
    // Any feature's bins add up to the leaf; those of the first are as good as any.
    let sums = (0..<finder.layout.offsets[1]).reduce(LeafSums()) { $0 + root.sums($1) }
    tree.leaves = [
      GrownTree.Leaf(
        rows: 0..<rows, sums: sums, bounds: -Double.infinity...Double.infinity,
        regularization: settings.l2Regularization)
    ]
    let best = search([0], tree, quanta, isSampled) { _ in }
    var open = [Open(leaf: 0, best: best[0], parent: -1, isLeft: false)]
    while tree.leaves.count < leaves {
      guard let next = open.indices.max(by: { isWorse(open[$0], than: open[$1]) }), open[next].best.isFound else {
        break
      }
      let parent = open[next]
      let isLast = tree.leaves.count + 1 == leaves
      split(parent, &tree, quanta)
      let right = tree.leaves.count - 1
      let candidates = isLast ? [] : candidates(left: parent.leaf, right: right, tree, quanta, isSampled)
      let node = tree.splits.count - 1
      open[next] = Open(leaf: parent.leaf, best: candidates.first ?? SplitCandidate(), parent: node, isLeft: true)
      open.append(Open(leaf: right, best: candidates.last ?? SplitCandidate(), parent: node, isLeft: false))
    }
    return tree
  }

  /// Of equal gains the older leaf's.
  private func isWorse(_ a: Open, than b: Open) -> Bool {
    a.best.gain < b.best.gain || (a.best.gain == b.best.gain && a.leaf > b.leaf)
  }

  /// Parts the rows of a leaf: it becomes its own left child, the right one is new.
  private func split(_ open: Open, _ tree: inout GrownTree, _ quanta: GradientBuffer.Quanta) {
    let parent = tree.leaves[open.leaf]
    let candidate = open.best
    let node = tree.splits.count
    let codes = candidate.codesGoingLeft
    let lefts = partition.split(
      parent.rows, column: table.byColumn.base + candidate.feature * table.rows, goingLeft: codes, team: team)
    let (left, right) = children(of: parent, candidate, lefts: lefts, quanta)
    tree.splits.append(
      GrownTree.Split(
        candidate: candidate, codesGoingLeft: codes, sums: parent.sums, value: value(parent, quanta),
        left: ~open.leaf, right: ~tree.leaves.count))
    if open.parent >= 0 {
      if open.isLeft { tree.splits[open.parent].left = node } else { tree.splits[open.parent].right = node }
    }
    tree.leaves[open.leaf] = left
    tree.leaves.append(right)
  }

  private func value(_ leaf: GrownTree.Leaf, _ quanta: GradientBuffer.Quanta) -> Double {
    SplitFinder.value(
      gradient: Double(leaf.sums.gradient) * quanta.gradient, hessian: Double(leaf.sums.hessian) * quanta.hessian,
      regularization: leaf.regularization, bounds: leaf.bounds)
  }

  /// The two leaves of a split. One on a constrained feature bounds all that grows from them by the middle of their
  /// values, so that nothing on the lower side can rise above anything on the higher one.
  private func children(
    of parent: GrownTree.Leaf, _ candidate: SplitCandidate, lefts: Int, _ quanta: GradientBuffer.Quanta
  ) -> (left: GrownTree.Leaf, right: GrownTree.Leaf) {
    let middle = parent.rows.lowerBound + lefts
    let regularization = settings.l2Regularization + candidate.extraRegularization
    var left = GrownTree.Leaf(
      rows: parent.rows.lowerBound..<middle, sums: candidate.left, bounds: parent.bounds,
      regularization: regularization)
    var right = GrownTree.Leaf(
      rows: middle..<parent.rows.upperBound, sums: parent.sums - candidate.left, bounds: parent.bounds,
      regularization: regularization)
    let direction = finder.monotone[candidate.feature]
    if direction != 0 {
      let between = (value(left, quanta) + value(right, quanta)) / 2
      let (below, above) = (parent.bounds.lowerBound...between, between...parent.bounds.upperBound)
      (left.bounds, right.bounds) = direction > 0 ? (below, above) : (above, below)
    }
    return (left, right)
  }

  /// Adds up the smaller child, makes the larger of its parent, and looks for the best split of both.
  private func candidates(
    left: Int, right: Int, _ tree: GrownTree, _ quanta: GradientBuffer.Quanta, _ isSampled: [Bool]
  ) -> [SplitCandidate] {
    let needed = 2 * settings.minSamplesLeaf
    let (leftRows, rightRows) = (tree.leaves[left].rows, tree.leaves[right].rows)
    guard max(leftRows.count, rightRows.count) >= needed else { return [SplitCandidate(), SplitCandidate()] }
    // The parent's histogram has the number of the left child.
    let isLeftSmaller = leftRows.count < rightRows.count
    let small = isLeftSmaller ? left : right
    let large = isLeftSmaller ? right : left
    // The parent's histogram lies where the left child's is expected.
    if isLeftSmaller { pool.exchange(left, right) }
    let add = adder(of: tree.leaves[small].rows, to: pool[small])
    let found = search([small, large], tree, quanta, isSampled) { member in
      add(member)
      pool[large].subtract(pool[small], slots: builders[member].slots)
    }
    return isLeftSmaller ? found : found.reversed()
  }

  /// Adds up a leaf: what is left for each member to do for the features it looks after.
  ///
  /// Many rows are cut among the members, so that each row is fetched by one of them, and what they found is added; of
  /// few rows, every member adds up its features.
  private func adder(of range: Range<Int>, to histogram: Histogram) -> (Int) -> Void {
    let rows = partition[range]
    guard range.count >= Self.worthCutting, team.count > 1, !gradients.isExact else {
      return { [builders] member in
        builders[member].build(rows, features: builders[member].features, into: histogram)
      }
    }
    team.run { member in
      let own = UnsafeBufferPointer(rebasing: rows[part(member, of: team.count, count: rows.count)])
      builders[member].build(own, features: 0..<table.features.count, into: pool.own(member))
    }
    return { [builders, pool, team] member in
      let slots = builders[member].slots
      histogram.clear(slots: slots)
      for other in 0..<team.count { histogram.add(pool.own(other), slots: slots) }
    }
  }

  private static let worthCutting = 4096

  /// The best split of each of some leaves, once every member has prepared its share of their histograms.
  private func search(
    _ leaves: [Int], _ tree: GrownTree, _ quanta: GradientBuffer.Quanta, _ isSampled: [Bool],
    prepare: (Int) -> Void
  ) -> [SplitCandidate] {
    let found = SharedBuffer(leaves.count * team.count, repeating: SplitCandidate())
    team.run { member in
      prepare(member)
      for (place, leaf) in leaves.enumerated() {
        let state = SplitFinder.Leaf(
          histogram: pool[leaf], sums: tree.leaves[leaf].sums, quanta: quanta, bounds: tree.leaves[leaf].bounds)
        found.base[place * team.count + member] = finder.best(
          state, features: builders[member].features, isSampled: isSampled)
      }
    }
    return leaves.indices.map { place in
      (0..<team.count).reduce(SplitCandidate()) { best, member in
        let candidate = found.base[place * team.count + member]
        return candidate.isBetter(than: best) ? candidate : best
      }
    }
  }
}
