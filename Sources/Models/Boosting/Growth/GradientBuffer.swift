import Foundation

/// Gradients and hessians of the training rows, and what of them enters histograms: whole multiples of a quantum.
///
/// Sums of integers do not depend on the order they are added in, so a histogram is the same bits whoever adds up
/// which rows, and a parent less one child is the other child exactly: a fit gives the same model on any number of
/// threads. Leaves get their values from the unrounded slopes, row after row.
///
/// - Up to `exactRows` rows a quantum is 2⁻³⁸ of the largest magnitude: nothing is lost that floats had.
/// - Beyond, g (13 bits) and h (12 bits) share one 64-bit word with the row count, so that one addition updates all
///   three sums of a bin. Rounding is up or down at random (Shi et al. 2022, "Quantized training of gradient boosting
///   decision trees", who need 3 bits), the chance being the fraction: a sum is right on average, and its error, at
///   most √n / 2 quanta of 1/4095 of the largest slope, drowns in the √n of the data's own noise.
final class GradientBuffer: Sendable {
  static let exactRows = 1 << 17

  let rows: Int
  let slopes: SharedBuffer<SIMD2<Float>>
  /// Quanta of g and h; empty where they are packed into the words of the table.
  let exact: SharedBuffer<SIMD2<Int64>>
  var isExact: Bool { rows <= Self.exactRows }

  init(rows: Int) {
    self.rows = rows
    slopes = SharedBuffer(uninitialized: rows)
    let isExact = rows <= Self.exactRows
    exact = SharedBuffer(uninitialized: isExact ? rows : 0)
  }

  /// What one quantum is worth.
  struct Quanta {
    var gradient = 1.0
    var hessian = 1.0
  }

  /// Rounds the slopes for one tree.
  ///
  /// - Throws: `.untrainable` when one of them is not finite.
  func quantise(
    for table: BinnedTable, seed: UInt64, tree: Int, team: ThreadTeam
  ) throws(ModelError) -> Quanta {
    let largest = SharedBuffer(team.count, repeating: SIMD2<Float>.zero)
    let differences = SharedBuffer(team.count, repeating: SIMD2<Float>.zero)
    let (slopes, rows) = (slopes.base, rows)
    team.run { member in
      var most = SIMD2<Float>.zero
      // 0 as long as every slope is finite.
      var difference = SIMD2<Float>.zero
      for row in part(member, of: team.count, count: rows) {
        let pair = slopes[row]
        most = pointwiseMax(most, SIMD2(abs(pair.x), pair.y))
        difference += pair - pair
      }
      largest.base[member] = most
      differences.base[member] = difference
    }
    var most = SIMD2<Float>.zero
    for member in 0..<team.count { most = pointwiseMax(most, largest.base[member]) }
    guard (0..<team.count).allSatisfy({ differences.base[$0] == .zero }) else {
      throw ModelError(
        .untrainable,
        """
        boosting: the loss grows beyond all numbers after \(tree) trees; a label or weight is too large, or the \
        learning rate
        """)
    }
    let levels = isExact ? SIMD2(Double(1 << 38), Double(1 << 38)) : PackedSums.levels
    let scale = SIMD2(
      most.x > 0 ? levels.x / Double(most.x) : 0, most.y > 0 ? levels.y / Double(most.y) : 0)
    if isExact { roundExactly(scale, team) } else { roundAtRandom(scale, Mix.hash(seed, tree), table, team) }
    return Quanta(
      gradient: scale.x > 0 ? 1 / scale.x : 0, hessian: scale.y > 0 ? 1 / scale.y : 0)
  }

  private func roundExactly(_ scale: SIMD2<Double>, _ team: ThreadTeam) {
    let (slopes, exact, rows) = (slopes.base, exact.base, rows)
    team.run { member in
      for row in part(member, of: team.count, count: rows) {
        let scaled = SIMD2(Double(slopes[row].x), Double(slopes[row].y)) * scale
        exact[row] = SIMD2(Int64(scaled.x.rounded()), Int64(scaled.y.rounded()))
      }
    }
  }

  private func roundAtRandom(_ scale: SIMD2<Double>, _ seed: UInt64, _ table: BinnedTable, _ team: ThreadTeam) {
    let (slopes, words, stride, rows) = (slopes.base, table.words, table.stride, rows)
    // Truncation rounds down what has been made positive.
    let shift = PackedSums.levels.x
    team.run { member in
      for row in part(member, of: team.count, count: rows) {
        let hash = Mix.hash(seed, row)
        let g = Double(slopes[row].x) * scale.x + shift + Double(Int64(hash >> 33)) * 0x1p-31
        let h = Double(slopes[row].y) * scale.y + Double(Int64(hash & 0x7FFF_FFFF)) * 0x1p-31
        let word = PackedSums.word(gradient: Int64(g) &- Int64(shift), hessian: Int64(h))
        words.storeBytes(of: word, toByteOffset: row &* stride, as: Int64.self)
      }
    }
  }
}

/// Sums of gradient, hessian and rows in one word: 26 bits, signed, over 25 and 13 unsigned ones.
enum PackedSums {
  /// The largest magnitude of a row's quanta.
  static let levels = SIMD2<Double>(4095, 4095)
  /// So many rows add up without one field running into the next: 4095 · 8190 < 2²⁵, 8190 < 2¹³.
  static let maximumRows = 8190

  @inline(__always) static func word(gradient: Int64, hessian: Int64) -> Int64 {
    gradient << 38 &+ hessian << 13 &+ 1
  }

  @inline(__always) static func gradient(_ word: Int64) -> Int64 { word >> 38 }
  @inline(__always) static func hessian(_ word: Int64) -> Int64 { word >> 13 & 0x1FF_FFFF }
  @inline(__always) static func rows(_ word: Int64) -> Int32 { Int32(truncatingIfNeeded: word & 0x1FFF) }
}
