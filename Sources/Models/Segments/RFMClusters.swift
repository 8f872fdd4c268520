import Foundation
import Journeys

/// The customers who bought before a moment, in clusters of recency (days since the last purchase), frequency (days
/// with a purchase) and monetary value (all that was spent, in major units, not below 0), after ln(1 + v),
/// standardised.
public struct RFMClusters: Sendable {
  public enum Clusters: Sendable, Equatable {
    case exactly(Int)
    /// Of these numbers that with the highest silhouette.
    case best(ClosedRange<Int>)
  }

  public static let columns = ["recency", "frequency", "monetary"]

  public let report: RFMReport
  public let model: KMeansModel
  /// Places in the store, ascending, and the cluster of each.
  public let customers: [Int32]
  public let labels: [Int32]

  /// - Parameter moment: microseconds since 1970 UTC, exclusive.
  /// - Throws: `ModelError` `.untrainable` for fewer different buyers than clusters, `.invalidSetting`;
  ///   `CancellationError`.
  public init(
    of store: JourneyStore, before moment: Int64, calendar: ZonedCalendar, clusters: Clusters, seed: UInt64 = 1,
    threads: Int = defaultThreads
  ) async throws {
    let table = try await RFMTable(of: store, before: moment, calendar: calendar).run(over: store, threads: threads)
    guard !table.customers.isEmpty else {
      throw ModelError(.untrainable, "rfm: nobody bought before --as-of; give a later date")
    }
    let monetary = table.spent.map { max(0, Money.major($0)) }
    let points = try ScaledPoints([table.recency, table.frequency, monetary], names: Self.columns, log1p: true)
    var settings = KMeans.Settings(clusters: 1, start: .kMeansPlusPlus, seed: seed)
    var elbow: [ClusterCount] = []
    switch clusters {
    case .exactly(let count): settings.clusters = count
    case .best(let range):
      let distinct = Self.distinct(table, upTo: range.upperBound)
      guard distinct >= range.lowerBound else {
        throw ModelError(
          .untrainable, "rfm: \(distinct) different buyers cannot make \(range.lowerBound) clusters; give --k 1")
      }
      elbow = try await ClusterCount.elbow(
        points, clusters: range.lowerBound...min(range.upperBound, distinct), settings: settings, threads: threads)
      let best = elbow.max { ($0.silhouette ?? -1, -$0.clusters) < ($1.silhouette ?? -1, -$1.clusters) }
      settings.clusters = best?.clusters ?? range.lowerBound
    }
    let (model, labels) = try await KMeans(settings: settings, threads: threads).fit(points)
    let silhouette = try await Silhouette.mean(points, labels: labels, seed: seed, threads: threads)
    self.model = model
    self.labels = labels
    customers = table.customers
    report = RFMReport(model, table, labels, moment: moment, silhouette: silhouette, elbow: elbow)
  }

  /// How many different rows there are, counted no further than to a limit.
  private static func distinct(_ table: RFMTable.Partial, upTo limit: Int) -> Int {
    var seen: Set<[Double]> = []
    for row in table.customers.indices where seen.count < limit {
      seen.insert([table.recency[row], table.frequency[row], Double(table.spent[row])])
    }
    return seen.count
  }
}

/// The answer of `segments rfm`.
public struct RFMReport: Encodable, Sendable {
  public struct Segment: Encodable, Sendable {
    /// See `RFMSegment`.
    public var name: String
    public var size: Int
    public var share: Double
    /// Means over the members: days, days, major units.
    public var recency: Double
    public var frequency: Double
    public var monetary: Double
    /// In the same units, where distances are measured from: near the geometric mean.
    public var centre: [String: Double]
    /// Major units.
    public var revenue: Double
    /// Of the revenue of all buyers; nil when there is none.
    public var revenueShare: Double?

    enum CodingKeys: String, CodingKey {
      case name, size, share, recency, frequency, monetary, centre, revenue
      case revenueShare = "revenue_share"
    }
  }

  /// Customers who bought before the moment.
  public var buyers: Int
  public var clusters: Int
  public var inertia: Double
  /// Nil for one cluster.
  public var silhouette: Double?
  public var segments: [Segment]
  /// Of every number of clusters that was tried.
  public var elbow: [ClusterCount]
  /// Microseconds since 1970 UTC.
  public var moment: Int64

  enum CodingKeys: String, CodingKey {
    case buyers, clusters, inertia, silhouette, segments, elbow
    case asOf = "as_of"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Date(timeIntervalSince1970: Double(moment) / 1e6).ISO8601Format(), forKey: .asOf)
    try container.encode(buyers, forKey: .buyers)
    try container.encode(clusters, forKey: .clusters)
    try container.encode(inertia, forKey: .inertia)
    try container.encodeIfPresent(silhouette, forKey: .silhouette)
    try container.encode(segments, forKey: .segments)
    if !elbow.isEmpty { try container.encode(elbow, forKey: .elbow) }
  }

  init(
    _ model: KMeansModel, _ table: RFMTable.Partial, _ labels: [Int32], moment: Int64, silhouette: Double?,
    elbow: [ClusterCount]
  ) {
    let count = model.centres.count
    var (recency, frequency) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    var spent = [Int64](repeating: 0, count: count)
    for (row, label) in labels.enumerated() {
      recency[Int(label)] += table.recency[row]
      frequency[Int(label)] += table.frequency[row]
      spent[Int(label)] += table.spent[row]
    }
    let total = spent.reduce(0, +)
    let names = model.segmentNames
    self.moment = moment
    buyers = labels.count
    clusters = count
    inertia = model.inertia
    self.silhouette = silhouette
    self.elbow = elbow
    segments = (0..<count).map { cluster in
      let size = Double(model.sizes[cluster])
      return Segment(
        name: names?[cluster] ?? String(cluster + 1), size: model.sizes[cluster], share: size / Double(labels.count),
        recency: recency[cluster] / size, frequency: frequency[cluster] / size,
        monetary: Money.major(spent[cluster]) / size,
        centre: Dictionary(uniqueKeysWithValues: zip(model.scaling.columns, model.values(ofCentre: cluster))),
        revenue: Money.major(spent[cluster]), revenueShare: total > 0 ? Double(spent[cluster]) / Double(total) : nil)
    }
  }
}
