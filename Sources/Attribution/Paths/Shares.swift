/// Divides a credit in proportion to weights, in whole units.
struct Shares: ~Copyable {
  private var weights = Scratch<Double>()
  private var units = Scratch<Int64>()

  /// Divides `unitsPerCredit` among `count` touches, at least one; what rounding leaves goes to the last.
  @inline(__always)
  mutating func divide(_ count: Int, weight: (Int) -> Double) {
    weights.reserve(count)
    units.reserve(count)
    var all = 0.0
    for touch in 0..<count {
      weights[touch] = weight(touch)
      all += weights[touch]
    }
    let units = Double(unitsPerCredit) / all
    var left = unitsPerCredit
    for touch in 0..<(count &- 1) {
      self.units[touch] = Int64(weights[touch] * units)
      left &-= self.units[touch]
    }
    self.units[count &- 1] = left
  }

  @inline(__always)
  subscript(touch: Int) -> Int64 { units[touch] }
}
