import Foundation

/// How well predicted money agrees with the money that came.
public struct ValueMetrics: Codable, Sendable, Equatable {
  /// A tenth of the rows, by prediction.
  public struct Decile: Codable, Sendable, Equatable {
    public var rows: Int
    public var meanPredicted: Double
    public var meanActual: Double

    enum CodingKeys: String, CodingKey {
      case rows
      case meanPredicted = "mean_predicted"
      case meanActual = "mean_actual"
    }
  }

  public var rows: Int
  public var actualTotal: Double
  public var predictedTotal: Double
  /// Mean absolute error; an error of medians, which are 0 where most buy nothing: lowest is not best.
  public var mae: Double
  public var rmse: Double
  /// Mean unit deviance of Tweedie with power 1.5, lowest for the true means: what candidates are chosen by.
  public var deviance: Double
  /// Area between the curve of money found, by rank of prediction, and the diagonal, doubled; nil without any money.
  public var gini: Double?
  /// Over that of the ranking by the money itself.
  public var normalisedGini: Double?
  /// From the lowest predictions to the highest.
  public var deciles: [Decile]

  /// Predicted over actual, less 1; nil without any money.
  public var totalError: Double? { actualTotal > 0 ? predictedTotal / actualTotal - 1 : nil }

  private enum CodingKeys: String, CodingKey {
    case rows, mae, rmse, deviance, gini, deciles
    case actualTotal = "actual_total"
    case predictedTotal = "predicted_total"
    case normalisedGini = "normalised_gini"
    case totalError = "total_error"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    rows = try container.decode(Int.self, forKey: .rows)
    actualTotal = try container.decode(Double.self, forKey: .actualTotal)
    predictedTotal = try container.decode(Double.self, forKey: .predictedTotal)
    mae = try container.decode(Double.self, forKey: .mae)
    rmse = try container.decode(Double.self, forKey: .rmse)
    deviance = try container.decode(Double.self, forKey: .deviance)
    gini = try container.decodeIfPresent(Double.self, forKey: .gini)
    normalisedGini = try container.decodeIfPresent(Double.self, forKey: .normalisedGini)
    deciles = try container.decode([Decile].self, forKey: .deciles)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(rows, forKey: .rows)
    try container.encode(actualTotal, forKey: .actualTotal)
    try container.encode(predictedTotal, forKey: .predictedTotal)
    try container.encodeIfPresent(totalError, forKey: .totalError)
    try container.encode(mae, forKey: .mae)
    try container.encode(rmse, forKey: .rmse)
    try container.encode(deviance, forKey: .deviance)
    try container.encodeIfPresent(gini, forKey: .gini)
    try container.encodeIfPresent(normalisedGini, forKey: .normalisedGini)
    try container.encode(deciles, forKey: .deciles)
  }

  /// - Parameters:
  ///   - predicted: 0 or more, one a row.
  ///   - actual: 0 or more.
  /// - Throws: `.untrainable` without rows, `.malformedTable` for a number that is none of these.
  public init(predicted: [Double], actual: [Double]) throws(ModelError) {
    precondition(predicted.count == actual.count, "one prediction a row")
    guard !actual.isEmpty else {
      throw ModelError(.untrainable, "validation: there are no rows to validate on; widen the data or the split")
    }
    guard predicted.allSatisfy({ $0 >= 0 && $0.isFinite }), actual.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      throw ModelError(.malformedTable, "validation: money must be finite and 0 or more")
    }
    rows = actual.count
    let count = Double(rows)
    actualTotal = actual.reduce(0, +)
    predictedTotal = predicted.reduce(0, +)
    mae = zip(predicted, actual).reduce(0) { $0 + abs($1.0 - $1.1) } / count
    rmse = (zip(predicted, actual).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / count).squareRoot()
    deviance = Self.deviances(predicted: predicted, actual: actual).reduce(0, +) / count
    let ranking = predicted.indices.sorted { (predicted[$0], $0) < (predicted[$1], $1) }
    deciles = (0..<10).compactMap { decile in
      let part = ranking[(decile * ranking.count / 10)..<((decile + 1) * ranking.count / 10)]
      guard !part.isEmpty else { return nil }
      return Decile(
        rows: part.count, meanPredicted: part.reduce(0) { $0 + predicted[$1] } / Double(part.count),
        meanActual: part.reduce(0) { $0 + actual[$1] } / Double(part.count))
    }
    gini = Self.gini(of: actual, rankedBy: predicted)
    let best = Self.gini(of: actual, rankedBy: actual)
    normalisedGini = gini.flatMap { gini in best.flatMap { $0 > 0 ? gini / $0 : nil } }
  }

  /// Tweedie's unit deviance with power 3/2, of each row: 4 (√y - √μ)² / √μ.
  ///
  /// A prediction below a thousandth of the mean outcome counts as that: a surprise costs much, but not without end.
  static func deviances(predicted: [Double], actual: [Double]) -> [Double] {
    let mean = actual.isEmpty ? 0 : actual.reduce(0, +) / Double(actual.count)
    let least = max(mean / 1000, 1e-9)
    return zip(predicted, actual).map { predicted, actual in
      let root = max(predicted, least).squareRoot()
      let difference = actual.squareRoot() - root
      return 4 * difference * difference / root
    }
  }

  /// Equal predictions count by the mean of their group, so that their order cannot matter.
  static func gini(of actual: [Double], rankedBy predicted: [Double]) -> Double? {
    let total = actual.reduce(0, +)
    guard total > 0 else { return nil }
    let ranking = predicted.indices.sorted { (-predicted[$0], $0) < (-predicted[$1], $1) }
    var (area, found, place) = (0.0, 0.0, 0)
    while place < ranking.count {
      var (end, sum) = (place, 0.0)
      while end < ranking.count, predicted[ranking[end]] == predicted[ranking[place]] {
        sum += actual[ranking[end]]
        end += 1
      }
      area += (2 * found + sum) / 2 / total * Double(end - place) / Double(ranking.count)
      found += sum
      place = end
    }
    return 2 * area - 1
  }
}
