/// Logarithm and exponential from additions, multiplications and divisions alone.
///
/// The last bits of `log` and `exp` differ between C libraries, and one bit can decide whether a purchase happens.
/// IEEE 754 rounds +, -, ×, ÷ and √ exactly, Swift neither contracts them to fused operations nor reorders them:
/// so these functions give the same bits everywhere. Their error is a few units in the last place.
package enum Elementary {
  private static let ln2High = 0x1.62e42fee00000p-1
  private static let ln2Low = 0x1.a39ef35793c76p-33
  private static let inverseLn2 = 0x1.71547652b82fep+0
  private static let halfRootOf2 = 0x1.6a09e667f3bcdp-1

  /// The natural logarithm of a positive, finite, normal number.
  ///
  /// x = 2^e · m with m in [√½, √2); log m = 2 artanh s, s = (m − 1) / (m + 1), |s| < 0.172, by its Taylor series
  /// up to s^23, the rest of which is below 2^-56 of the sum.
  @inline(__always)
  package static func log(_ x: Double) -> Double {
    var exponent = Int(x.bitPattern >> 52) - 1022
    var mantissa = Double(bitPattern: x.bitPattern & 0x000F_FFFF_FFFF_FFFF | 0x3FE0_0000_0000_0000)
    if mantissa < halfRootOf2 {
      mantissa *= 2
      exponent -= 1
    }
    let s = (mantissa - 1) / (mantissa + 1)
    let z = s * s
    var sum = 1.0 / 23
    sum = sum * z + 1.0 / 21
    sum = sum * z + 1.0 / 19
    sum = sum * z + 1.0 / 17
    sum = sum * z + 1.0 / 15
    sum = sum * z + 1.0 / 13
    sum = sum * z + 1.0 / 11
    sum = sum * z + 1.0 / 9
    sum = sum * z + 1.0 / 7
    sum = sum * z + 1.0 / 5
    sum = sum * z + 1.0 / 3
    let e = Double(exponent)
    return e * ln2High + (e * ln2Low + 2 * (s + s * (z * sum)))
  }

  /// e to the power of x; 0 below -708, infinity above 709.
  ///
  /// x = k ln 2 + r with |r| ≤ ½ ln 2; e^r by its Taylor series up to r^13, the rest of which is below 2^-57.
  @inline(__always)
  package static func exp(_ x: Double) -> Double {
    if x < -708 { return 0 }
    if x > 709 { return .infinity }
    let k = (x * inverseLn2).rounded(.toNearestOrEven)
    let r = (x - k * ln2High) - k * ln2Low
    var sum = 1.0 / 6_227_020_800
    sum = sum * r + 1.0 / 479_001_600
    sum = sum * r + 1.0 / 39_916_800
    sum = sum * r + 1.0 / 3_628_800
    sum = sum * r + 1.0 / 362_880
    sum = sum * r + 1.0 / 40_320
    sum = sum * r + 1.0 / 5_040
    sum = sum * r + 1.0 / 720
    sum = sum * r + 1.0 / 120
    sum = sum * r + 1.0 / 24
    sum = sum * r + 1.0 / 6
    sum = sum * r + 0.5
    let power = 1 + (r + r * r * sum)
    return power * Double(bitPattern: UInt64(Int(k) + 1023) << 52)
  }
}
