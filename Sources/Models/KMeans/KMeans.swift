import Foundation
import Journeys

/// k-means clusters of the rows of a table, in standardised coordinates.
public struct KMeans: Sendable {
  public struct Settings: Codable, Sendable, Equatable {
    public var clusters: Int
    public var start: KMeansStart
    /// k-means++ only: of so many starts the one of least inertia is taken.
    public var starts: Int
    public var seed: UInt64

    public init(clusters: Int, start: KMeansStart = .quantile, starts: Int = 10, seed: UInt64 = 1) {
      self.clusters = clusters
      self.start = start
      self.starts = starts
      self.seed = seed
    }
  }

  public var settings: Settings
  public var threads: Int

  public init(settings: Settings, threads: Int = defaultThreads) {
    self.settings = settings
    self.threads = threads
  }

  /// The clusters in ascending order of the key of their centres (see `ScaledPoints.key`), so that one clustering has
  /// one numbering whatever it started from, and the cluster of each row.
  ///
  /// - Throws: `ModelError` `.invalidSetting`, `.untrainable` (fewer different rows than clusters);
  ///   `CancellationError`.
  public func fit(_ points: ScaledPoints) async throws -> (model: KMeansModel, labels: [Int32]) {
    guard settings.clusters > 0, settings.clusters <= points.count else {
      throw ModelError(
        .invalidSetting,
        "k-means: \(settings.clusters) clusters of \(points.count) rows; k is 1 or more and at most the number of rows")
    }
    guard settings.starts > 0 else { throw ModelError(.invalidSetting, "k-means: one start or more") }
    let lloyd = Lloyd(points: points, threads: threads)
    var best: Lloyd.Result?
    switch settings.start {
    case .quantile: best = try await lloyd.run(from: points.quantileStart(settings.clusters))
    case .kMeansPlusPlus:
      for start in 0..<settings.starts {
        var random = SplitMix64(seed: settings.seed &+ UInt64(start) &* 0xd1b5_4a32_d192_ed03)
        let centres = try await points.plusPlusStart(settings.clusters, random: &random, threads: threads)
        let result = try await lloyd.run(from: centres)
        if result.inertia < best?.inertia ?? .infinity { best = result }
      }
    }
    guard let best else { throw ModelError(.notConverged, "k-means: the inertia is not finite; check the columns") }
    return ordered(best, points)
  }

  private func ordered(_ result: Lloyd.Result, _ points: ScaledPoints) -> (model: KMeansModel, labels: [Int32]) {
    let width = points.dimensions
    let centres = (0..<settings.clusters).map { result.centres[($0 * width)..<(($0 + 1) * width)] }
    let order = centres.indices.sorted { (points.key(centres[$0]), $0) < (points.key(centres[$1]), $1) }
    var places = [Int32](repeating: 0, count: order.count)
    for (place, cluster) in order.enumerated() { places[cluster] = Int32(place) }
    let model = KMeansModel(
      settings: settings, scaling: points.scaling, centres: order.map { Array(centres[$0]) },
      sizes: order.map { result.sizes[$0] }, inertia: result.inertia, iterations: result.iterations)
    return (model, result.labels.map { places[Int($0)] })
  }
}

/// A fitted clustering with all it takes to place further rows.
public struct KMeansModel: Sendable, Equatable {
  public var settings: KMeans.Settings
  public var scaling: PointScaling
  /// In standardised coordinates, where distances are measured.
  public var centres: [[Double]]
  public var sizes: [Int]
  /// Σ of squared distances of the rows to their centre.
  public var inertia: Double
  /// How often the centres moved until no row changed its cluster.
  public var iterations: Int

  /// A centre in the units of the table; with log1p, as a geometric kind of mean.
  public func values(ofCentre cluster: Int) -> [Double] {
    centres[cluster].indices.map { scaling.value(centres[cluster][$0], $0) }
  }

  /// The cluster of each row: the nearest centre, ties to the lower index.
  ///
  /// - Throws: `ModelError.malformedTable`.
  public func assign(_ columns: [[Double]]) throws(ModelError) -> [Int32] {
    let points = try ScaledPoints(columns, scaling: scaling)
    let flat = centres.flatMap(\.self)
    return (0..<points.count).map { row in
      var (best, least) = (0, Double.infinity)
      for cluster in centres.indices {
        let distance = squaredDistance(points.coordinates, row, flat, cluster, points.dimensions)
        if distance < least { (best, least) = (cluster, distance) }
      }
      return Int32(best)
    }
  }
}

extension KMeansModel: Codable {
  private enum Key: String, CodingKey { case learner, format, settings, scaling, centres, sizes, inertia, iterations }
  package static let learner = "kmeans"
  private static let format = 1

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let learner = try container.decode(String.self, forKey: .learner)
    let format = try container.decode(Int.self, forKey: .format)
    guard learner == Self.learner, format == Self.format else {
      throw ModelError(
        .foreignModel,
        "model file: learner '\(learner)' of format \(format), where '\(Self.learner)' of \(Self.format) is read")
    }
    settings = try container.decode(KMeans.Settings.self, forKey: .settings)
    scaling = try container.decode(PointScaling.self, forKey: .scaling)
    centres = try container.decode([[Double]].self, forKey: .centres)
    sizes = try container.decode([Int].self, forKey: .sizes)
    inertia = try container.decode(Double.self, forKey: .inertia)
    iterations = try container.decode(Int.self, forKey: .iterations)
    let width = scaling.columns.count
    guard !centres.isEmpty, centres.allSatisfy({ $0.count == width }), scaling.means.count == width,
      scaling.standardDeviations.count == width, sizes.count == centres.count
    else { throw ModelError(.foreignModel, "model file: centres, sizes and columns are not of one number") }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(Self.learner, forKey: .learner)
    try container.encode(Self.format, forKey: .format)
    try container.encode(settings, forKey: .settings)
    try container.encode(scaling, forKey: .scaling)
    try container.encode(centres, forKey: .centres)
    try container.encode(sizes, forKey: .sizes)
    try container.encode(inertia, forKey: .inertia)
    try container.encode(iterations, forKey: .iterations)
  }
}
