/// Predicted against observed rates, in bins of about equally many rows.
///
/// Rare outcomes crowd near zero, where bins of equal width would put nearly all rows into one; so bins are cut by
/// rank. Equal predictions share a bin (that of their middle rank), so bins can differ in size and can be empty:
/// those are left out.
public struct CalibrationCurve: Codable, Sendable, Equatable {
  public struct Bin: Codable, Sendable, Equatable {
    public var rows: Int
    public var lowest: Double
    public var highest: Double
    public var meanPredicted: Double
    public var observedRate: Double

    enum CodingKeys: String, CodingKey {
      case rows, lowest, highest
      case meanPredicted = "mean_predicted"
      case observedRate = "observed_rate"
    }
  }

  public var bins: [Bin]
  /// Σ (rows in bin / rows) |mean predicted - observed rate| (Naeini, Cooper & Hauskrecht 2015).
  public var expectedCalibrationError: Double

  enum CodingKeys: String, CodingKey {
    case bins
    case expectedCalibrationError = "expected_calibration_error"
  }

  init(_ ranked: RankedPredictions, bins count: Int) {
    struct Sum {
      var rows = 0
      var positives = 0
      var predicted = 0.0
      var lowest = 1.0
      var highest = 0.0
    }
    var sums = [Sum](repeating: Sum(), count: count)
    var below = 0
    for group in ranked.groups {
      // Twice the middle rank stays whole.
      let bin = (2 * below + group.rows) * count / (2 * ranked.rows)
      let place = min(bin, count - 1)
      sums[place].rows += group.rows
      sums[place].positives += group.positives
      sums[place].predicted += Double(group.rows) * group.probability
      sums[place].lowest = min(sums[place].lowest, group.probability)
      sums[place].highest = max(sums[place].highest, group.probability)
      below += group.rows
    }
    bins = sums.filter { $0.rows > 0 }.map {
      Bin(
        rows: $0.rows, lowest: $0.lowest, highest: $0.highest, meanPredicted: $0.predicted / Double($0.rows),
        observedRate: Double($0.positives) / Double($0.rows))
    }
    expectedCalibrationError = bins.reduce(0) {
      $0 + Double($1.rows) / Double(ranked.rows) * abs($1.meanPredicted - $1.observedRate)
    }
  }
}
