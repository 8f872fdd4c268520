import Foundation
import TestSupport

/// Customers whose truth is known; the same for a seed.
struct SimulatedCustomers {
  var x: [Double] = []
  var lastPurchase: [Double] = []
  var age: [Double] = []
  var meanValue: [Double] = []
  private var random: SeededRandom

  private init(seed: UInt64) { random = SeededRandom(seed: seed) }

  /// BG/NBD or, with `dropsOutAtOnce`, MBG/NBD; times in whole units, watched for 100 to 200 of them.
  static func geometric(
    _ count: Int, r: Double, alpha: Double, a: Double, b: Double, dropsOutAtOnce: Bool = false, seed: UInt64
  ) -> SimulatedCustomers {
    var result = SimulatedCustomers(seed: seed)
    for _ in 0..<count {
      let rate = result.gamma(r) / alpha
      let (first, second) = (result.gamma(a), result.gamma(b))
      let dropout = first / (first + second)
      result.add { random, age in
        if dropsOutAtOnce, random.uniform() < dropout { return [] }
        var times: [Double] = []
        var time = -log(random.uniform()) / rate
        while time <= age {
          times.append(time)
          if random.uniform() < dropout { break }
          time -= log(random.uniform()) / rate
        }
        return times
      }
    }
    return result
  }

  static func pareto(
    _ count: Int, r: Double, alpha: Double, s: Double, beta: Double, seed: UInt64
  ) -> SimulatedCustomers {
    var result = SimulatedCustomers(seed: seed)
    for _ in 0..<count {
      let rate = result.gamma(r) / alpha
      let life = -log(result.uniform()) / (result.gamma(s) / beta)
      result.add { random, age in
        var times: [Double] = []
        var time = -log(random.uniform()) / rate
        while time <= min(age, life) {
          times.append(time)
          time -= log(random.uniform()) / rate
        }
        return times
      }
    }
    return result
  }

  /// Mean values of Gamma-Gamma for the customers who bought again.
  mutating func addValues(p: Double, q: Double, gamma scale: Double) {
    meanValue = []
    for x in x {
      let rate = gamma(q) / scale
      meanValue.append(x > 0 ? gamma(p * x) / (rate * x) : 0)
    }
  }

  private mutating func add(_ purchases: (inout SimulatedCustomers, Double) -> [Double]) {
    let age = (100 + 100 * uniform()).rounded()
    let times = purchases(&self, age)
    x.append(Double(times.count))
    lastPurchase.append(min(age, times.last?.rounded(.up) ?? 0))
    self.age.append(age)
  }

  private mutating func uniform() -> Double { Double.random(in: .leastNonzeroMagnitude..<1, using: &random) }

  /// Marsaglia & Tsang 2000.
  private mutating func gamma(_ shape: Double) -> Double {
    if shape < 1 { return gamma(shape + 1) * pow(uniform(), 1 / shape) }
    let d = shape - 1.0 / 3
    while true {
      let normal = (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform())
      let cube = 1 + normal / (9 * d).squareRoot()
      guard cube > 0 else { continue }
      let v = cube * cube * cube
      if log(uniform()) < normal * normal / 2 + d - d * v + d * log(v) { return d * v }
    }
  }
}
