import Foundation
import Journeys

/// Lloyd's algorithm: every point to its nearest centre, every centre to the mean of its points, until nothing moves.
///
/// Ties go to the centre of lower index. Points are worked on in chunks of fixed size whose sums are added in order, so
/// that the number of threads does not change a bit. A pass costs n k d differences, the inner loop over centres, and
/// distances are sums of squared differences: |x|² - 2 x·c + |c|² would lose the digits of small ones.
struct Lloyd: Sendable {
  let points: ScaledPoints
  let threads: Int

  struct Result: Sendable {
    /// k rows of coordinates.
    var centres: [Double]
    var labels: [Int32]
    var sizes: [Int]
    /// Σ of squared distances to the centres.
    var inertia: Double
    /// How often the centres moved.
    var iterations: Int
  }

  private struct Assignment: Sendable {
    var labels: [Int32]
    var sums: [Double]
    var sizes: [Int]
    var inertia = 0.0
    var changed = 0
  }

  static let maximumIterations = 10_000

  /// - Throws: `ModelError.untrainable` when there are fewer different points than centres; `CancellationError`.
  func run(from start: [Double]) async throws -> Result {
    let width = points.dimensions
    var centres = start
    var labels: [Int32] = []
    var iterations = 0
    while true {
      var next = try await assign(to: centres, from: labels)
      if next.changed == 0 || iterations == Self.maximumIterations {
        return Result(
          centres: centres, labels: next.labels, sizes: next.sizes, inertia: next.inertia, iterations: iterations)
      }
      try fillEmpty(&next, centres)
      for centre in next.sizes.indices {
        for j in 0..<width {
          centres[centre * width + j] = next.sums[centre * width + j] / Double(next.sizes[centre])
        }
      }
      labels = next.labels
      iterations += 1
    }
  }

  /// One pass over all points.
  private func assign(to centres: [Double], from old: [Int32]) async throws -> Assignment {
    let width = points.dimensions
    let count = centres.count / width
    var total = Assignment(
      labels: [], sums: [Double](repeating: 0, count: centres.count), sizes: [Int](repeating: 0, count: count))
    total.labels.reserveCapacity(points.count)
    let columns = transposed(centres, count)
    try await inOrder(chunks: RowChunks.count(points.count), threads: threads) { chunk in
      assign(RowChunks.range(chunk, of: points.count), columns, count, from: old)
    } take: { part in
      total.labels += part.labels
      for i in total.sums.indices { total.sums[i] += part.sums[i] }
      for i in total.sizes.indices { total.sizes[i] += part.sizes[i] }
      total.inertia += part.inertia
      total.changed += part.changed
    }
    return total
  }

  private func assign(_ rows: Range<Int>, _ columns: [Double], _ count: Int, from old: [Int32]) -> Assignment {
    let width = points.dimensions
    var result = Assignment(
      labels: [Int32](repeating: 0, count: rows.count), sums: [Double](repeating: 0, count: count * width),
      sizes: [Int](repeating: 0, count: count))
    var distances = [Double](repeating: 0, count: count)
    var (inertia, changed) = (0.0, 0)
    points.coordinates.withUnsafeBufferPointer { points in
      columns.withUnsafeBufferPointer { columns in
        distances.withUnsafeMutableBufferPointer { distances in
          result.sums.withUnsafeMutableBufferPointer { sums in
            result.sizes.withUnsafeMutableBufferPointer { sizes in
              result.labels.withUnsafeMutableBufferPointer { labels in
                for row in rows {
                  let point = UnsafeBufferPointer(rebasing: points[(row * width)..<((row + 1) * width)])
                  measure(point, columns, distances)
                  var (best, least) = (0, distances[0])
                  for centre in 1..<max(1, count) where distances[centre] < least {
                    (best, least) = (centre, distances[centre])
                  }
                  labels[row - rows.lowerBound] = Int32(best)
                  sizes[best] += 1
                  inertia += least
                  for j in 0..<width { sums[best * width + j] += point[j] }
                  if old.isEmpty || old[row] != Int32(best) { changed += 1 }
                }
              }
            }
          }
        }
      }
    }
    result.inertia = inertia
    result.changed = changed
    return result
  }

  /// Squared distances of a point to all centres, of which `columns` has one coordinate after the other.
  @inline(__always)
  private func measure(
    _ point: UnsafeBufferPointer<Double>, _ columns: UnsafeBufferPointer<Double>,
    _ distances: UnsafeMutableBufferPointer<Double>
  ) {
    let count = distances.count
    for centre in 0..<count {
      let difference = point[0] - columns[centre]
      distances[centre] = difference * difference
    }
    for j in 1..<max(1, point.count) {
      let x = point[j]
      let column = UnsafeBufferPointer(rebasing: columns[(j * count)..<((j + 1) * count)])
      for centre in 0..<count {
        let difference = x - column[centre]
        distances[centre] += difference * difference
      }
    }
  }

  private func transposed(_ centres: [Double], _ count: Int) -> [Double] {
    let width = points.dimensions
    return (0..<centres.count).map { centres[($0 % count) * width + $0 / count] }
  }

  /// A centre that lost all its points takes the one that is farthest from its own (as scikit-learn does).
  private func fillEmpty(_ assignment: inout Assignment, _ centres: [Double]) throws {
    let width = points.dimensions
    for empty in assignment.sizes.indices where assignment.sizes[empty] == 0 {
      var (farthest, largest) = (-1, 0.0)
      for row in 0..<points.count where assignment.sizes[Int(assignment.labels[row])] > 1 {
        let own = Int(assignment.labels[row])
        let distance = squaredDistance(points.coordinates, row, centres, own, width)
        if distance > largest { (farthest, largest) = (row, distance) }
      }
      guard farthest >= 0 else {
        throw ModelError(
          .untrainable, "k-means: there are fewer different rows than clusters (\(assignment.sizes.count)); lower k")
      }
      let own = Int(assignment.labels[farthest])
      for j in 0..<width {
        let coordinate = points.coordinates[farthest * width + j]
        assignment.sums[own * width + j] -= coordinate
        assignment.sums[empty * width + j] = coordinate
      }
      assignment.sizes[own] -= 1
      assignment.sizes[empty] = 1
      assignment.labels[farthest] = Int32(empty)
    }
  }
}

/// The squared distance of row i of one array of points to row j of another.
func squaredDistance(_ a: [Double], _ i: Int, _ b: [Double], _ j: Int, _ width: Int) -> Double {
  var sum = 0.0
  for d in 0..<width {
    let difference = a[i * width + d] - b[j * width + d]
    sum += difference * difference
  }
  return sum
}
