import Models

/// Reproducible numbers for tables: a linear congruential generator (Knuth's MMIX constants).
struct Draws {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  /// Uniform in [0, 1).
  mutating func uniform() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) * 0x1p-53
  }

  mutating func below(_ count: Int) -> Int { Int(uniform() * Double(count)) }
}

/// A table of numbers, and of categories where the name begins with "c".
func features(
  _ columns: [(name: String, values: [Double])], categories: FeatureEncoding.Categories = .native
) throws -> FeatureMatrix {
  try FeatureMatrix(
    Table(
      columns: columns.map { name, values in
        guard name.hasPrefix("c") else { return TableColumn(name: name, values: .numbers(values)) }
        let count = Int(values.max() ?? 0) + 1
        return TableColumn(
          name: name,
          values: .categories(codes: values.map { Int32($0) }, levels: (0..<count).map { "level \(1000 + $0)" }))
      }), categories: categories)
}

/// One tree, with nothing that smooths.
func settings(leaves: Int = 2, loss: BoostingLoss = .squared) -> BoostingSettings {
  BoostingSettings(trees: 1, leaves: leaves, learningRate: 1, minSamplesLeaf: 1, threads: 1, loss: loss)
}

/// Rows of four numbers and a category, some missing, with an outcome that depends on all of them.
struct NoisyRows {
  let matrix: FeatureMatrix
  let labels: [Double]

  init(_ rows: Int, seed: UInt64 = 1, categories: FeatureEncoding.Categories = .native, isBinary: Bool = true) throws {
    var draws = Draws(seed)
    var columns: [(name: String, values: [Double])] = ["a", "b", "d", "e", "c"].map { ($0, []) }
    var labels: [Double] = []
    for _ in 0..<rows {
      let a = draws.uniform() * 10
      let b = Double(draws.below(5))
      let d = draws.uniform() < 0.2 ? Double.nan : draws.uniform() - 0.5
      let e = draws.uniform()
      let c = draws.below(12)
      let score = 0.3 * a - (b == 2 ? 1.5 : 0) + (d.isNaN ? 0.8 : 2 * d) + (c % 3 == 0 ? 1 : -0.5) - 1.5
      for (place, value) in [a, b, d, e, Double(c)].enumerated() { columns[place].values.append(value) }
      let noise = draws.uniform() * 2 - 1
      labels.append(isBinary ? (score + 2 * noise > 0 ? 1 : 0) : max(0, score + noise))
    }
    matrix = try features(columns, categories: categories)
    self.labels = labels
  }
}
