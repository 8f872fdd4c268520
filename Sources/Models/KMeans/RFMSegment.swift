/// Names for clusters of recency, frequency and monetary value, in that order of columns.
///
/// With the centre (R, F, M) in standard deviations from the mean customer and value v = (F + M)/2:
///
/// | | v ≥ 1 | 0 ≤ v < 1 | v < 0 |
/// | --- | --- | --- | --- |
/// | R ≤ 0: bought more recently than the mean | champions | loyal | promising |
/// | 0 < R ≤ 1 | cannot lose | at risk | hibernating |
/// | R > 1 | cannot lose | at risk | lost |
///
/// Of several clusters with one name the later, of higher key, are numbered: "loyal 2".
public enum RFMSegment: String, Sendable, CaseIterable {
  case champions, loyal, promising
  case cannotLose = "cannot lose"
  case atRisk = "at risk"
  case hibernating, lost

  public init(recency: Double, frequency: Double, monetary: Double) {
    let value = (frequency + monetary) / 2
    if recency <= 0 {
      self = value >= 1 ? .champions : value >= 0 ? .loyal : .promising
    } else if value >= 0 {
      self = value >= 1 ? .cannotLose : .atRisk
    } else {
      self = recency > 1 ? .lost : .hibernating
    }
  }
}

extension KMeansModel {
  /// A name for each cluster, no two alike; nil for clusters of other than three columns.
  public var segmentNames: [String]? {
    guard scaling.columns.count == 3 else { return nil }
    var seen: [RFMSegment: Int] = [:]
    return centres.map { centre in
      let segment = RFMSegment(recency: centre[0], frequency: centre[1], monetary: centre[2])
      seen[segment, default: 0] += 1
      let count = seen[segment] ?? 1
      return count == 1 ? segment.rawValue : "\(segment.rawValue) \(count)"
    }
  }
}
