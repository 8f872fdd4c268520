/// One row of a gains table: what is found among the highest-ranked rows.
public struct LiftRow: Codable, Sendable, Equatable {
  /// The share of all rows that is looked at, from the highest prediction down.
  public var share: Double
  /// The share of all positives that is among them (cumulative gain).
  public var gain: Double
  /// Their rate of positives over the rate of all rows.
  public var lift: Double
  /// The prediction at the lower end.
  public var threshold: Double

  /// Rows at the shares 1/steps, 2/steps, ... 1. Where a share cuts through equal predictions, they count by the
  /// fraction of them that is needed: what a random order among them would find on average. Empty without positives.
  static func table(_ ranked: RankedPredictions, steps: Int) -> [LiftRow] {
    guard ranked.positives > 0 else { return [] }
    var table: [LiftRow] = []
    var (seen, found) = (0, 0)
    var groups = ranked.groups.reversed().makeIterator()
    var group = groups.next()
    for step in 1...steps {
      let wanted = Double(ranked.rows) * Double(step) / Double(steps)
      while let current = group, Double(seen + current.rows) < wanted {
        seen += current.rows
        found += current.positives
        group = groups.next()
      }
      guard let current = group else { break }
      let part = (wanted - Double(seen)) / Double(current.rows)
      let gain = (Double(found) + part * Double(current.positives)) / Double(ranked.positives)
      let share = wanted / Double(ranked.rows)
      table.append(LiftRow(share: share, gain: gain, lift: gain / share, threshold: current.probability))
    }
    return table
  }
}
