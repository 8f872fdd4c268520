/// 256 bits, one for each code of a feature.
struct CodeSet: Sendable, Equatable {
  private var bits = SIMD4<UInt64>.zero

  func contains(_ code: UInt8) -> Bool { bits[Int(code >> 6)] >> UInt64(code & 63) & 1 == 1 }

  mutating func insert(_ code: UInt8) { bits[Int(code >> 6)] |= 1 << UInt64(code & 63) }
}

/// A way to part the rows of a leaf.
struct SplitCandidate: Sendable {
  /// What the loss falls by: 0 for no split.
  var gain = 0.0
  var feature = -1
  /// Numeric: codes up to this go left.
  var bin = 0
  var missingGoesLeft = false
  /// Categorical: these codes go left, missing ones right.
  var categories: CodeSet?
  /// Added to λ for the two leaves that come of it.
  var extraRegularization = 0.0
  var left = LeafSums()

  var isFound: Bool { feature >= 0 }

  /// Of equal gains the first feature's, so that the order in which features are looked at does not matter.
  func isBetter(than other: SplitCandidate) -> Bool {
    gain > other.gain || (gain == other.gain && isFound && (!other.isFound || feature < other.feature))
  }

  /// The codes that go left.
  var codesGoingLeft: CodeSet {
    if let categories { return categories }
    var codes = CodeSet()
    for code in 0...bin { codes.insert(UInt8(code)) }
    if missingGoesLeft { codes.insert(FeatureBins.missingCode) }
    return codes
  }
}

/// Sums over the rows of a leaf, in quanta.
struct LeafSums: Sendable, Equatable {
  var gradient: Int64 = 0
  var hessian: Int64 = 0
  var rows: Int32 = 0

  static func - (a: LeafSums, b: LeafSums) -> LeafSums {
    LeafSums(gradient: a.gradient &- b.gradient, hessian: a.hessian &- b.hessian, rows: a.rows &- b.rows)
  }

  static func + (a: LeafSums, b: LeafSums) -> LeafSums {
    LeafSums(gradient: a.gradient &+ b.gradient, hessian: a.hessian &+ b.hessian, rows: a.rows &+ b.rows)
  }
}
