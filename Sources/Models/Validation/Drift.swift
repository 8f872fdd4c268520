import Foundation

/// How numbers are spread: the deciles of those a model was made with, against which later ones are held.
public struct Deciles: Codable, Sendable, Equatable {
  /// Between the bins, ascending; up to nine.
  public var edges: [Double]
  /// Of all rows, one more than edges: bin k is above edge k - 1 and up to edge k.
  public var shares: [Double]
  /// The share of missing values.
  public var missing: Double

  /// Equal values share a bin.
  init(_ values: [Double]) {
    let known = values.filter(\.isFinite).sorted()
    var edges: [Double] = []
    for decile in 1..<10 where !known.isEmpty {
      let edge = known[min(known.count - 1, decile * known.count / 10)]
      if edge > edges.last ?? -.infinity, edge < known[known.count - 1] { edges.append(edge) }
    }
    self.edges = edges
    (shares, missing) = Self.shares(values, edges)
  }

  private static func shares(_ values: [Double], _ edges: [Double]) -> (shares: [Double], missing: Double) {
    var counts = [Int](repeating: 0, count: edges.count + 1)
    var missing = 0
    for value in values {
      guard value.isFinite else {
        missing += 1
        continue
      }
      counts[edges.firstIndex { value <= $0 } ?? edges.count] += 1
    }
    let all = Double(max(values.count, 1))
    return (counts.map { Double($0) / all }, Double(missing) / all)
  }

  /// Population stability index Σ (q - p) ln(q/p) over the bins, missing values one of them: below 0.1 little has
  /// changed, above 0.25 much (Siddiqi 2006). A share below 1e-4 counts as that.
  public func stabilityIndex(_ values: [Double]) -> Double {
    guard !values.isEmpty else { return 0 }
    let (shares, missing) = Self.shares(values, edges)
    return zip(self.shares + [self.missing], shares + [missing]).reduce(0) { sum, pair in
      let (p, q) = (max(pair.0, 1e-4), max(pair.1, 1e-4))
      return sum + (q - p) * log(q / p)
    }
  }
}

/// The spread of features and scores in a training run, kept in the card.
public struct ModelProfile: Codable, Sendable, Equatable {
  public struct Feature: Codable, Sendable, Equatable {
    public var name: String
    public var deciles: Deciles
  }

  /// Of the rows the model was fitted to.
  public var features: [Feature]
  /// Of the scores of the last window, which the model had not seen.
  public var scores: Deciles

  init(_ rows: FeatureTable.Rows, scores: [Double]) {
    features = rows.list.names.map { Feature(name: $0, deciles: Deciles(rows.column($0))) }
    self.scores = Deciles(scores)
  }
}
