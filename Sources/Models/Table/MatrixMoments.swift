import Journeys

/// Mean and population standard deviation of each column of a row-major matrix.
///
/// Two passes (mean, then squared deviations from it), each in chunks of fixed size that are added in order: the
/// one-pass formula loses half the digits of a column whose mean is large beside its spread.
struct MatrixMoments {
  var means: [Double]
  var standardDeviations: [Double]

  static func of(
    _ values: MatrixValues, width: Int, rows: RowSelection, threads: Int
  ) async throws -> MatrixMoments {
    let zeros = [Double](repeating: 0, count: width)
    let count = Double(max(rows.count, 1))
    let means = try await sums(values, rows: rows, threads: threads, from: zeros, power: .first).map { $0 / count }
    let squares = try await sums(values, rows: rows, threads: threads, from: means, power: .second)
    return MatrixMoments(means: means, standardDeviations: squares.map { ($0 / count).squareRoot() })
  }

  private enum Power { case first, second }

  /// Per column, the sum over the rows of (v - center) or of its square.
  private static func sums(
    _ values: MatrixValues, rows: RowSelection, threads: Int, from centers: [Double], power: Power
  ) async throws -> [Double] {
    let width = centers.count
    var total = [Double](repeating: 0, count: width)
    try await inOrder(chunks: RowChunks.count(rows.count), threads: threads) { chunk -> [Double] in
      var sums = [Double](repeating: 0, count: width)
      sums.withUnsafeMutableBufferPointer { sums in
        values.withUnsafeBufferPointer { values in
          centers.withUnsafeBufferPointer { centers in
            for i in RowChunks.range(chunk, of: rows.count) {
              let row = rows[i] * width
              switch power {
              case .first: for j in 0..<width { sums[j] += Double(values[row + j]) }
              case .second:
                for j in 0..<width {
                  let difference = Double(values[row + j]) - centers[j]
                  sums[j] += difference * difference
                }
              }
            }
          }
        }
      }
      return sums
    } take: { sums in
      for j in 0..<width { total[j] += sums[j] }
    }
    return total
  }
}

/// Rows are worked on in chunks of a fixed size, never derived from the number of threads.
enum RowChunks {
  static let size = 16384

  static func count(_ rows: Int) -> Int { (rows + size - 1) / size }

  static func range(_ chunk: Int, of rows: Int) -> Range<Int> { chunk * size..<min((chunk + 1) * size, rows) }
}
