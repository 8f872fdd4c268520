import Foundation

/// Divides conversions among their touches under given parameters of an `AdditiveHazard`.
struct ConversionShares: ~Copyable {
  /// By key: ω, and β ω.
  private let decay: Scratch<Double>
  private let rate: Scratch<Double>
  /// By touch of the conversion at hand: e^{-ω D}.
  private(set) var faded = Scratch<Double>()
  /// By touch of the conversion at hand: the probability that the conversion is owed to it.
  private(set) var shares = Scratch<Double>()

  init(_ parameters: AdditiveHazard.Parameters) {
    decay = Scratch(copying: parameters.decay)
    rate = Scratch(copying: zip(parameters.strength, parameters.decay).map { $0 * $1 })
  }

  /// - Returns: log λ at the conversion.
  @inline(__always)
  mutating func divide(_ keys: UnsafeBufferPointer<Int32>, _ days: UnsafePointer<Double>) -> Double {
    faded.reserve(keys.count)
    shares.reserve(keys.count)
    var hazard = 0.0
    for touch in keys.indices {
      let key = Int(keys[touch])
      faded[touch] = exp(-decay[key] * days[touch])
      shares[touch] = rate[key] * faded[touch]
      hazard += shares[touch]
    }
    guard hazard > 1e-290 else { return divideFaded(keys, days) }
    let scale = 1 / hazard
    for touch in keys.indices { shares[touch] *= scale }
    return log(hazard)
  }

  /// Where all touches have faded beyond what a double holds: in logarithms.
  private func divideFaded(_ keys: UnsafeBufferPointer<Int32>, _ days: UnsafePointer<Double>) -> Double {
    var largest = -Double.infinity
    for touch in keys.indices {
      let key = Int(keys[touch])
      shares[touch] = log(rate[key]) - decay[key] * days[touch]
      largest = max(largest, shares[touch])
    }
    var hazard = 0.0
    for touch in keys.indices {
      shares[touch] = exp(shares[touch] - largest)
      hazard += shares[touch]
    }
    for touch in keys.indices { shares[touch] /= hazard }
    return largest + log(hazard)
  }
}
