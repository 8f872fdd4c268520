import Foundation

extension SplitMix {
  /// A number of the Poisson distribution: by inversion, in pieces of a mean that keeps exp(-mean) well above 0.
  ///
  /// - Complexity: O(mean); beyond 1e6 it is the rounded normal, whose error is then below that of a resample.
  mutating func poisson(_ mean: Double) -> Double {
    guard mean > 0 else { return 0 }
    if mean > 1e6 { return max(0, (mean + mean.squareRoot() * normal()).rounded()) }
    var left = mean
    var count = 0.0
    while left > 0 {
      let piece = min(left, 500)
      left -= piece
      let limit = exp(-piece)
      var product = uniform()
      while product > limit {
        product *= uniform()
        count += 1
      }
    }
    return count
  }

  /// Box and Muller (1958).
  private mutating func normal() -> Double { (-2 * log(uniform())).squareRoot() * cos(2 * Double.pi * uniform()) }

  /// Above 0, at most 1.
  private mutating func uniform() -> Double { Double(next() >> 11 &+ 1) * 0x1p-53 }
}
