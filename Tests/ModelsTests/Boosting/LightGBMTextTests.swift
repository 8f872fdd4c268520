import Foundation
import Models
import Testing

@Suite struct LightGBMTextTests {
  /// As LightGBM 4 writes it, cut down to what counts. Tree 0 splits by category, then by a number of each kind of
  /// missing value; tree 1 is a leaf.
  static let text = """
    tree
    version=v4
    num_class=1
    num_tree_per_iteration=1
    label_index=0
    max_feature_idx=3
    objective=binary sigmoid:2
    feature_names=c plain zero nan
    feature_infos=-1:0:40 [-1:1] [0:3] [0:1]
    tree_sizes=400 100

    Tree=0
    num_leaves=5
    num_cat=1
    split_feature=0 1 2 3
    split_gain=4 3 2 1
    threshold=0 -0.5 2.5000000000000004 0.25
    decision_type=1 2 6 8
    left_child=1 -1 -3 -4
    right_child=2 -2 3 -5
    leaf_value=1 2 4 8 -16.5
    leaf_weight=1 2 3 4 5
    leaf_count=10 20 30 40 50
    internal_value=0 0 0 0
    internal_weight=0 0 0 0
    internal_count=150 30 120 90
    cat_boundaries=0 2
    cat_threshold=1 256
    is_linear=0
    shrinkage=0.1


    Tree=1
    num_leaves=1
    num_cat=0
    split_feature=
    split_gain=
    threshold=
    decision_type=
    left_child=
    right_child=
    leaf_value=0.25
    leaf_weight=
    leaf_count=
    internal_value=
    internal_weight=
    internal_count=
    is_linear=0
    shrinkage=1


    end of trees

    feature_importances:
    c=1

    parameters:
    [boosting: gbdt]
    [num_leaves: 5]

    end of parameters

    pandas_categorical:null

    """

  @Test func scoresAHandMadeModel() throws {
    let model = try BoostedTrees(lightGBMText: Self.text)
    #expect(model.trees.count == 2 && model.featureNames == ["c", "plain", "zero", "nan"])
    #expect(model.parameters == ["[boosting: gbdt]", "[num_leaves: 5]"])
    let missing = Double.nan
    let cases: [(row: [Double], value: Double)] = [
      // Categories 0 and 40 go left; -0.5 is not above the threshold; NaN counts as 0 where nothing is missing.
      ([0, -0.5, 9, 9], 1), ([40, -0.4, 9, 9], 2), ([40.9, missing, 9, 9], 2), ([-0.9, -1, 9, 9], 1),
      // Others go right, where 0 and NaN go left as missing ones do.
      ([1, 0, 2.5, 0], 4), ([72, 0, 0, 0], 4), ([missing, 0, missing, 0], 4), ([-1, 0, 1e-36, 0], 4),
      // NaN goes right, 0 does not.
      ([8, 0, 3, 0], 8), ([8, 0, 3, 0.25], 8), ([1e20, 0, 3, missing], -16.5), ([8, 0, 3, 0.3], -16.5),
    ]
    for (row, value) in cases {
      #expect(model.rawScore(row) == value + 0.25, "\(row)")
      #expect(abs(model.link(model.rawScore(row)) - 1 / (1 + exp(-2 * (value + 0.25)))) < 1e-15)
    }
  }

  @Test func aModelSurvivesBeingWrittenAndRead() throws {
    let model = try BoostedTrees(lightGBMText: Self.text)
    #expect(try BoostedTrees(lightGBMText: model.lightGBMText) == model)

    let data = try NoisyRows(800)
    let settings = BoostingSettings(trees: 12, leaves: 9, threads: 1)
    let trained = try GradientBoosting(settings: settings).fit(data.matrix, labels: data.labels).model
    let text = trained.lightGBMText
    let reread = try BoostedTrees(lightGBMText: text)
    #expect(reread == trained)
    #expect(reread.lightGBMText == text)
    #expect(reread.encoding == data.matrix.encoding)
    for row in 0..<800 { #expect(reread.rawScore(data.matrix[row]) == trained.rawScore(data.matrix[row])) }
  }

  /// LightGBM jumps from tree to tree by these numbers.
  @Test func treeSizesAreBytes() throws {
    let data = try NoisyRows(300)
    let settings = BoostingSettings(trees: 3, leaves: 5, threads: 1)
    let text = try GradientBoosting(settings: settings).fit(data.matrix, labels: data.labels).model.lightGBMText
    let sizes = try #require(text.split(separator: "\n").first { $0.hasPrefix("tree_sizes=") })
      .dropFirst("tree_sizes=".count).split(separator: " ").compactMap { Int($0) }
    var place = try #require(text.range(of: "Tree=0")).lowerBound
    for (index, size) in sizes.enumerated() {
      #expect(text[place...].hasPrefix("Tree=\(index)\n"))
      place = text.utf8.index(place, offsetBy: size)
    }
    #expect(sizes.count == 3 && text[place...].hasPrefix("end of trees\n"))
  }

  @Test func namesAreMadeFitForTheFormat() throws {
    let matrix = try features([
      ("my column", [1, 1, 1, 2, 2, 2]), ("my_column", [1, 2, 1, 2, 1, 2]), ("d:[e]=ü", [1, 1, 1, 1, 1, 1]),
    ])
    let model = try GradientBoosting(settings: settings()).fit(matrix, labels: [0, 0, 0, 1, 1, 1]).model
    #expect(model.featureNames == ["my_column", "my_column_", "d__e__ü"])
    #expect(
      try BoostedTrees(lightGBMText: model.lightGBMText).encoding?.columns.map(\.name) == [
        "my column", "my_column", "d:[e]=ü",
      ])
  }

  @Test func averagesAndLinksAreThoseOfTheObjective() throws {
    let links: [(String, Double)] = [
      ("regression", 3), ("regression sqrt", 9), ("poisson", exp(3)), ("tweedie tweedie_variance_power:1.5", exp(3)),
      ("quantile alpha:0.9", 3), ("cross_entropy", 1 / (1 + exp(-3))), ("cross_entropy_lambda", log1p(exp(3))),
    ]
    for (objective, prediction) in links {
      let model = try BoostedTrees(
        lightGBMText: Self.text.replacing("objective=binary sigmoid:2", with: "objective=" + objective))
      #expect(abs(model.link(3) - prediction) < 1e-12, "\(objective)")
    }
    let average = try BoostedTrees(
      lightGBMText: Self.text.replacing(
        "objective=binary sigmoid:2", with: "objective=binary sigmoid:2\naverage_output"))
    #expect(average.rawScore([0, -0.5, 9, 9]) == 1.25 / 2)
    #expect(try BoostedTrees(lightGBMText: average.lightGBMText) == average)
  }

  @Test func damagedAndForeignTextsAreRefused() {
    let changes: [(from: String, to: String, names: String)] = [
      ("tree\nversion", "leaf\nversion", "first line"), ("version=v4", "version=v9", "v9"),
      ("num_class=1", "num_class=3", "classes"), ("end of trees", "end of", "cut off"),
      ("left_child=1 -1 -3 -4", "left_child=1 -1 -3", "left_child"),
      ("left_child=1 -1 -3 -4", "left_child=0 -1 -3 -4", "child"),
      ("left_child=1 -1 -3 -4", "left_child=1 -1 -3 -3", "child"),
      ("left_child=1 -1 -3 -4", "left_child=9 -1 -3 -4", "child"),
      ("split_feature=0 1 2 3", "split_feature=0 1 2 4", "feature"), ("is_linear=0", "is_linear=1", "linear"),
      ("cat_boundaries=0 2", "cat_boundaries=0 3", "cat_threshold"), ("threshold=0 -0.5", "threshold=1 -0.5", "set"),
      ("leaf_value=1 2", "leaf_value=1 x", "leaf_value"),
      ("objective=binary sigmoid:2", "objective=multiclass", "objective"),
      ("num_leaves=5\nnum_cat", "num_leaves=0\nnum_cat", "leaf"), ("max_feature_idx=3", "max_feature_idx=5", "feature"),
      ("decision_type=1 2", "decision_type=1 12", "kind"),
    ]
    for (from, to, names) in changes {
      #expect(Self.text.contains(from))
      let error = #expect(throws: ModelError.self) {
        try BoostedTrees(lightGBMText: Self.text.replacing(from, with: to))
      }
      #expect(
        error?.code == .foreignModel && error?.message.contains(names) == true, "\(to): \(String(describing: error))")
    }
    for length in stride(from: 0, to: Self.text.count, by: 97) {
      _ = try? BoostedTrees(lightGBMText: String(Self.text.prefix(length)))
    }
  }
}
