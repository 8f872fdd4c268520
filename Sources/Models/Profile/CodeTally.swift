/// Weights by dictionary code, for one customer after the other: emptying costs what was touched.
struct CodeTally: Sendable {
  private var weights: [Double]
  private(set) var touched: [Int32] = []

  init(codes: Int) { weights = Array(repeating: 0, count: codes) }

  /// - Parameter weight: above 0.
  @inline(__always)
  mutating func add(_ code: Int32, _ weight: Double = 1) {
    let place = Int(code)
    guard weights.indices.contains(place) else { return }
    if weights[place] == 0 { touched.append(code) }
    weights[place] += weight
  }

  mutating func removeAll() {
    for code in touched { weights[Int(code)] = 0 }
    touched.removeAll(keepingCapacity: true)
  }

  subscript(code: Int32) -> Double { weights[Int(code)] }

  /// The code of the greatest weight, of equals the lowest; -1 for none.
  var best: Int32 {
    var best: Int32 = -1
    for code in touched {
      guard best >= 0 else {
        best = code
        continue
      }
      let (weight, highest) = (self[code], self[best])
      if weight > highest || (weight == highest && code < best) { best = code }
    }
    return best
  }

  /// Codes by weight, greatest first, of equals the lowest first.
  var ranked: [Int32] {
    touched.sorted { self[$0] != self[$1] ? self[$0] > self[$1] : $0 < $1 }
  }

  var total: Double { touched.reduce(0) { $0 + self[$1] } }
}
