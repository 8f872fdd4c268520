/// Predictions sorted from the lowest to the highest, equal ones grouped: what every rank-based metric reads.
///
/// Metrics see groups, never rows, so that the order of equal predictions cannot change them. Cost: n log n.
struct RankedPredictions {
  struct Group {
    var probability: Double
    var rows = 0
    var positives = 0
  }

  /// Ascending in probability.
  let groups: [Group]
  let rows: Int
  let positives: Int

  init(_ probabilities: [Double], labels: [UInt8]) {
    // Sorting pairs beats sorting an index: no random access.
    var pairs = zip(probabilities, labels).map { (probability: $0, isPositive: $1 != 0) }
    pairs.sort { $0.probability < $1.probability }
    var groups: [Group] = []
    var positives = 0
    for pair in pairs {
      if groups.last?.probability != pair.probability { groups.append(Group(probability: pair.probability)) }
      groups[groups.count - 1].rows += 1
      if pair.isPositive {
        groups[groups.count - 1].positives += 1
        positives += 1
      }
    }
    self.groups = groups
    self.positives = positives
    rows = pairs.count
  }

  var negatives: Int { rows - positives }

  /// The probability that a positive row is ranked above a negative one, ties counted one half.
  ///
  /// The Mann-Whitney statistic over the number of pairs (Hanley & McNeil 1982). Nil with one class.
  var auc: Double? {
    guard positives > 0, negatives > 0 else { return nil }
    // Pairs are whole numbers and halves: doubled, they are counted exactly.
    var doubledWins = 0
    var negativesBelow = 0
    for group in groups {
      let negatives = group.rows - group.positives
      doubledWins += group.positives * (2 * negativesBelow + negatives)
      negativesBelow += negatives
    }
    return Double(doubledWins) / (2 * Double(positives) * Double(negatives))
  }

  /// Σ (Rₖ - Rₖ₋₁) Pₖ over the distinct thresholds from the highest down: the area under the precision-recall curve
  /// by steps, without interpolation, which would be too kind (Davis & Goadrich 2006). Nil without a positive.
  var averagePrecision: Double? {
    guard positives > 0 else { return nil }
    var (seen, found) = (0, 0)
    var sum = 0.0
    for group in groups.reversed() {
      seen += group.rows
      found += group.positives
      sum += Double(group.positives) * (Double(found) / Double(seen))
    }
    return sum / Double(positives)
  }
}
