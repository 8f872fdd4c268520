import Foundation

/// ln(1 + eˣ), without overflow and with full precision on both sides.
@inline(__always)
package func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
