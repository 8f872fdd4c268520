import Foundation
import Journeys

/// Where Lloyd's algorithm starts.
public enum KMeansStart: String, Codable, Sendable, CaseIterable {
  /// Rows at quantiles of a key, without chance: see `ScaledPoints.quantileStart`.
  case quantile
  /// Arthur & Vassilvitskii, "k-means++: the advantages of careful seeding" (SODA 2007), each centre the best of
  /// 2 + ln k draws.
  case kMeansPlusPlus = "kmeans++"
}

extension ScaledPoints {
  /// The first coordinate counts as a recency (less is better), the others for themselves: -z₁ + z₂ + ... + z_d; a
  /// single one for itself.
  package func key(_ coordinates: ArraySlice<Double>) -> Double {
    let rest = coordinates.dropFirst().reduce(0, +)
    return dimensions > 1 ? rest - (coordinates.first ?? 0) : coordinates.first ?? 0
  }

  /// Rows in ascending order of the key, ties in their order in the table; centre j is that of rank ⌊(2j + 1) n/(2k)⌋.
  func quantileStart(_ clusters: Int) -> [Double] {
    let width = dimensions
    let keys = (0..<count).map { key(coordinates[($0 * width)..<(($0 + 1) * width)]) }
    let order = (0..<count).sorted { (keys[$0], $0) < (keys[$1], $1) }
    return (0..<clusters).flatMap { j in
      let row = order[(2 * j + 1) * count / (2 * clusters)]
      return coordinates[(row * width)..<((row + 1) * width)]
    }
  }

  /// - Throws: `ModelError.untrainable` when there are fewer different points than clusters; `CancellationError`.
  func plusPlusStart(_ clusters: Int, random: inout SplitMix64, threads: Int) async throws -> [Double] {
    var rows = [Int(random.next() % UInt64(count))]
    var nearest = try await distances(to: rows[0], below: nil, threads: threads)
    let candidates = 2 + Int(log(Double(clusters)))
    while rows.count < clusters {
      guard nearest.total > 0 else {
        throw ModelError(
          .untrainable, "k-means: there are fewer different rows than clusters (\(clusters)); lower k")
      }
      var best: (row: Int, distances: Distances)?
      for _ in 0..<candidates {
        let row = nearest.row(at: random.uniform() * nearest.total)
        let next = try await distances(to: row, below: nearest, threads: threads)
        if next.total < best?.distances.total ?? .infinity { best = (row, next) }
      }
      guard let best else { break }
      rows.append(best.row)
      nearest = best.distances
    }
    return rows.flatMap { coordinates[($0 * dimensions)..<(($0 + 1) * dimensions)] }
  }

  /// Squared distances to the nearest centre, and their sums.
  struct Distances: Sendable {
    var values: [Double] = []
    var chunkTotals: [Double] = []
    var total = 0.0

    /// The row at which the running sum passes an amount.
    func row(at amount: Double) -> Int {
      var rest = amount
      var chunk = 0
      while chunk < chunkTotals.count - 1, rest >= chunkTotals[chunk] {
        rest -= chunkTotals[chunk]
        chunk += 1
      }
      var last = 0
      for row in RowChunks.range(chunk, of: values.count) where values[row] > 0 {
        last = row
        rest -= values[row]
        if rest < 0 { break }
      }
      return last
    }
  }

  private func distances(to row: Int, below old: Distances?, threads: Int) async throws -> Distances {
    let width = dimensions
    var result = Distances()
    result.values.reserveCapacity(count)
    try await inOrder(chunks: RowChunks.count(count), threads: threads) { chunk -> [Double] in
      coordinates.withUnsafeBufferPointer { points in
        RowChunks.range(chunk, of: count).map { other in
          var sum = 0.0
          for j in 0..<width {
            let difference = points[other * width + j] - points[row * width + j]
            sum += difference * difference
          }
          return old.map { min(sum, $0.values[other]) } ?? sum
        }
      }
    } take: { part in
      result.values += part
      result.chunkTotals.append(part.reduce(0, +))
    }
    result.total = result.chunkTotals.reduce(0, +)
    return result
  }
}
