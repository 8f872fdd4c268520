import Foundation
import Journeys

/// How well clusters are apart (Rousseeuw, "Silhouettes", Journal of Computational and Applied Mathematics 20, 1987).
///
/// The mean over rows of (b - a)/max(a, b): a is the mean distance to the other rows of the own cluster, b the least
/// mean distance to those of another one; 0 for a row alone in its cluster. It compares every row with every other, so
/// above a number of rows it is that of a sample.
public enum Silhouette {
  /// - Parameters:
  ///   - labels: the cluster of each point.
  ///   - sample: above so many points, so many of them are drawn, without replacement, and only they are looked at.
  /// - Returns: nil where fewer than two clusters have points.
  public static func mean(
    _ points: ScaledPoints, labels: [Int32], sample: Int = 10_000, seed: UInt64 = 1, threads: Int = defaultThreads
  ) async throws -> Double? {
    precondition(labels.count == points.count, "every point has a label")
    let rows = drawn(sample, of: points.count, seed: seed)
    let width = points.dimensions
    let coordinates = rows.flatMap { points.coordinates[($0 * width)..<(($0 + 1) * width)] }
    let clusters = rows.map { Int(labels[$0]) }
    var sizes = [Int](repeating: 0, count: (clusters.max() ?? 0) + 1)
    for cluster in clusters { sizes[cluster] += 1 }
    guard sizes.count(where: { $0 > 0 }) > 1 else { return nil }
    let chunk = 128
    var sum = 0.0
    let (count, all) = (rows.count, sizes)
    try await inOrder(chunks: (count + chunk - 1) / chunk, threads: threads) { index in
      var sum = 0.0
      for row in (index * chunk)..<min((index + 1) * chunk, count) {
        sum += silhouette(row, coordinates, width, clusters, all)
      }
      return sum
    } take: {
      sum += $0
    }
    return sum / Double(count)
  }

  private static func silhouette(
    _ row: Int, _ coordinates: [Double], _ dimensions: Int, _ clusters: [Int], _ sizes: [Int]
  ) -> Double {
    let own = clusters[row]
    guard sizes[own] > 1 else { return 0 }
    var sums = [Double](repeating: 0, count: sizes.count)
    coordinates.withUnsafeBufferPointer { points in
      clusters.withUnsafeBufferPointer { clusters in
        for other in clusters.indices {
          var square = 0.0
          for j in 0..<dimensions {
            let difference = points[row * dimensions + j] - points[other * dimensions + j]
            square += difference * difference
          }
          sums[clusters[other]] += square.squareRoot()
        }
      }
    }
    let inside = sums[own] / Double(sizes[own] - 1)
    var outside = Double.infinity
    for cluster in sizes.indices where cluster != own && sizes[cluster] > 0 {
      outside = min(outside, sums[cluster] / Double(sizes[cluster]))
    }
    let larger = max(inside, outside)
    return larger > 0 ? (outside - inside) / larger : 0
  }

  /// Rows in ascending order; all of them when there are no more (selection sampling, Knuth vol. 2, algorithm S).
  private static func drawn(_ sample: Int, of count: Int, seed: UInt64) -> [Int] {
    guard count > sample else { return Array(0..<count) }
    var random = SplitMix64(seed: seed)
    var result: [Int] = []
    for row in 0..<count where Double(count - row) * random.uniform() < Double(sample - result.count) {
      result.append(row)
    }
    return result
  }
}

/// Inertia and silhouette for several numbers of clusters, to choose one.
public struct ClusterCount: Codable, Sendable, Equatable {
  public var clusters: Int
  public var inertia: Double
  /// Nil for one cluster.
  public var silhouette: Double?

  /// - Throws: what `KMeans.fit` throws.
  public static func elbow(
    _ points: ScaledPoints, clusters: ClosedRange<Int>, settings: KMeans.Settings, threads: Int = defaultThreads
  ) async throws -> [ClusterCount] {
    var result: [ClusterCount] = []
    for k in clusters {
      var settings = settings
      settings.clusters = k
      let (model, labels) = try await KMeans(settings: settings, threads: threads).fit(points)
      let silhouette = try await Silhouette.mean(points, labels: labels, seed: settings.seed, threads: threads)
      result.append(ClusterCount(clusters: k, inertia: model.inertia, silhouette: silhouette))
    }
    return result
  }
}
