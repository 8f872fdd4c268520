/// The trees of one fit, one after the other.
struct BoostingRun {
  private(set) var trees: [BoostedTree] = []
  private(set) var validationLosses: [Double] = []

  private let table: BinnedTable
  private let targets: Targets
  private let loss: any Loss
  private let settings: BoostingSettings
  private let team: ThreadTeam
  private let gradients: GradientBuffer
  private let grower: TreeGrower
  private let initialScore: Double
  private let scores: SharedBuffer<Double>
  private var watched: Watched?

  /// Validation rows and their scores.
  private struct Watched {
    let table: BinnedTable
    let targets: Targets
    let scores: SharedBuffer<Double>
  }

  private static let chunkRows = 8192

  init(
    _ table: BinnedTable, targets: Targets, loss: any Loss, settings: BoostingSettings, monotone: [Int],
    team: ThreadTeam
  ) throws(ModelError) {
    self.table = table
    self.targets = targets
    self.loss = loss
    self.settings = settings
    self.team = team
    gradients = GradientBuffer(rows: table.rows)
    grower = TreeGrower(table, gradients: gradients, settings: settings, monotone: monotone, team: team)
    initialScore = try loss.initialScore(labels: targets.labels, weights: targets.weights)
    scores = SharedBuffer(table.rows, repeating: initialScore)
  }

  mutating func watch(_ table: BinnedTable, targets: Targets) {
    watched = Watched(table: table, targets: targets, scores: SharedBuffer(table.rows, repeating: initialScore))
  }

  var trainingLoss: Double { targets.loss(loss, scores: scores.base) }

  /// - Throws: `CancellationError` between two trees; `.untrainable` when the loss runs away.
  mutating func growTrees() throws {
    var best = (trees: 0, loss: Double.infinity)
    for tree in 0..<settings.trees {
      try Task.checkCancellation()
      guard let grown = try growTree(tree) else { break }
      trees.append(grown)
      guard let watched else { continue }
      let validationLoss = watched.targets.loss(loss, scores: watched.scores.base)
      validationLosses.append(validationLoss)
      if validationLoss < best.loss { best = (trees.count, validationLoss) }
      if let patience = settings.earlyStopping, trees.count - best.trees >= patience { break }
    }
    if settings.earlyStopping != nil, best.trees > 0 { trees.removeLast(trees.count - best.trees) }
    if trees.isEmpty { trees = [BoostedTree(value: 0, rows: table.rows)] }
    trees[0].add(initialScore)
  }

  /// Nil when no leaf can be split any more and all rows were tried.
  private func growTree(_ index: Int) throws(ModelError) -> BoostedTree? {
    computeSlopes()
    let quanta = try gradients.quantise(for: table, seed: settings.seed, tree: index, team: team)
    let sampleSeed = Mix.hash(settings.seed ^ 0x726F_7773, index)
    let isSampling = settings.rowFraction < 1
    var rows = table.rows
    if isSampling {
      rows = grower.partition.sample(settings.rowFraction, seed: sampleSeed)
    } else {
      grower.partition.reset(team: team)
    }
    var tree = grower.grow(rows: rows, quanta: quanta, isSampled: sampledColumns(index))
    if tree.splits.isEmpty, !isSampling, settings.columnFraction == 1 { return nil }
    setValues(&tree)
    addScores(tree)
    if isSampling {
      add(tree, to: scores, of: table) { !RowPartition.isSampled($0, settings.rowFraction, seed: sampleSeed) }
    }
    if let watched { add(tree, to: watched.scores, of: watched.table) { _ in true } }
    return BoostedTree(tree, features: table.features, quanta: quanta, learningRate: settings.learningRate)
  }

  private func computeSlopes() {
    targets.labels.withUnsafeBufferPointer { labels in
      guard let labels = labels.baseAddress else { return }
      func compute(_ weights: UnsafePointer<Double>?) {
        team.run { member in
          let own = part(member, of: team.count, count: table.rows)
          loss.slopes(
            of: LossBlock(
              scores: scores.base + own.lowerBound, labels: labels + own.lowerBound,
              weights: weights.map { $0 + own.lowerBound }, slopes: gradients.slopes.base + own.lowerBound,
              count: own.count))
        }
      }
      guard let weights = targets.weights else { return compute(nil) }
      weights.withUnsafeBufferPointer { compute($0.baseAddress) }
    }
  }

  /// The columns that a tree may split: a share of them, at least one, the same for the same seed.
  private func sampledColumns(_ tree: Int) -> [Bool] {
    let count = table.features.count
    guard settings.columnFraction < 1 else { return Array(repeating: true, count: count) }
    let seed = Mix.hash(settings.seed ^ 0x636F_6C73, tree)
    let drawn = (0..<count).sorted { Mix.hash(seed, $0) < Mix.hash(seed, $1) }
    var isSampled = [Bool](repeating: false, count: count)
    for column in drawn.prefix(max(1, Int((settings.columnFraction * Double(count)).rounded()))) {
      isSampled[column] = true
    }
    return isSampled
  }

  /// Gives every leaf its value from the unrounded slopes of its rows, which are added in their order.
  private func setValues(_ tree: inout GrownTree) {
    let slopes = gradients.slopes.base
    let sums = SharedBuffer(tree.leaves.count, repeating: SIMD2<Double>.zero)
    let leaves = tree.leaves
    team.forEach(chunks: leaves.count) { leaf, _ in
      var sum = SIMD2<Double>.zero
      for row in grower.partition[leaves[leaf].rows] {
        let pair = slopes[Int(row)]
        sum += SIMD2(Double(pair.x), Double(pair.y))
      }
      sums.base[leaf] = sum
    }
    for leaf in leaves.indices {
      let (gradient, hessian) = (sums.base[leaf].x, sums.base[leaf].y)
      tree.leaves[leaf].hessian = hessian
      tree.leaves[leaf].value = SplitFinder.value(
        gradient: gradient, hessian: hessian, regularization: leaves[leaf].regularization, bounds: leaves[leaf].bounds)
    }
    guard let share = loss.leafQuantile else { return }
    for leaf in leaves.indices {
      let rows = grower.partition[leaves[leaf].rows].map { Int($0) }
      let residuals = rows.map { targets.labels[$0] - scores.base[$0] }
      let weights = targets.weights.map { weights in rows.map { weights[$0] } }
      let value = weightedQuantile(residuals, weights: weights, share) ?? 0
      tree.leaves[leaf].value = min(max(value, leaves[leaf].bounds.lowerBound), leaves[leaf].bounds.upperBound)
    }
  }

  /// Adds the values to the scores of the rows that the tree was grown from.
  private func addScores(_ tree: GrownTree) {
    let scores = scores.base
    team.forEach(chunks: tree.leaves.count) { leaf, _ in
      let value = settings.learningRate * tree.leaves[leaf].value
      for row in grower.partition[tree.leaves[leaf].rows] { scores[Int(row)] += value }
    }
  }

  /// Adds the values to the scores of other rows.
  private func add(
    _ tree: GrownTree, to scores: SharedBuffer<Double>, of table: BinnedTable, where isWanted: (Int) -> Bool
  ) {
    team.forEach(chunks: (table.rows + Self.chunkRows - 1) / Self.chunkRows) { chunk, _ in
      for row in chunk * Self.chunkRows..<min((chunk + 1) * Self.chunkRows, table.rows) where isWanted(row) {
        let leaf = tree.leaf(table.codes(row))
        scores.base[row] += settings.learningRate * tree.leaves[leaf].value
      }
    }
  }
}
