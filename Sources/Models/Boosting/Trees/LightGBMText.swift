import Foundation

/// LightGBM's text format, version 4: `key=value` lines, a header, one block for each tree.
///
/// What is ours in it: `feature_infos` and `parameters` describe the training; a line `table_encoding:` behind the
/// parameters, where LightGBM no longer looks, keeps how a table becomes features; `pandas_categorical:` names the
/// levels of categories in the order of their codes, so that a data frame with such columns is scored as it is.
extension BoostedTrees {
  /// The model as a file that `lightgbm.Booster(model_file=…)` reads and predicts the same with.
  public var lightGBMText: String {
    let blocks = trees.enumerated().map { index, tree in "Tree=\(index)\n" + tree.lightGBMText }
    var lines = [
      "tree", "version=v4", "num_class=1", "num_tree_per_iteration=1", "label_index=0",
      "max_feature_idx=\(featureNames.count - 1)", "objective=\(objective)",
    ]
    if isAverage { lines.append("average_output") }
    lines += [
      "feature_names=\(featureNames.joined(separator: " "))", "feature_infos=\(featureInfos.joined(separator: " "))",
      // LightGBM jumps from tree to tree by these numbers of bytes.
      "tree_sizes=\(blocks.map { String($0.utf8.count) }.joined(separator: " "))", "", "",
    ]
    var text = lines.joined(separator: "\n")
    for block in blocks { text += block }
    text += "end of trees\n\nfeature_importances:\n"
    for (feature, count) in splitCounts { text += "\(featureNames[feature])=\(count)\n" }
    text += "\nparameters:\n" + parameters.map { $0 + "\n" }.joined() + "end of parameters\n\n"
    if let encoding, let json = Self.json(encoding) { text += "\(LightGBMNames.encoding):\(json)\n\n" }
    return text + "pandas_categorical:\(pandasCategories)\n"
  }

  /// Features that are split, the most often split first.
  private var splitCounts: [(feature: Int, count: Int)] {
    var counts = [Int](repeating: 0, count: featureNames.count)
    for tree in trees { for split in tree.splits { counts[split.feature] += 1 } }
    return counts.indices.filter { counts[$0] > 0 }.sorted { (counts[$1], $0) < (counts[$0], $1) }
      .map { ($0, counts[$0]) }
  }

  private var pandasCategories: String {
    let levels = encoding?.columns.compactMap(\.levels) ?? []
    return levels.isEmpty ? "null" : Self.json(levels) ?? "null"
  }

  private static func json(_ value: some Encodable) -> String? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) }
  }
}

/// Names in the text.
enum LightGBMNames {
  static let encoding = "table_encoding"

  /// Names without what the format or LightGBM's readers take for a separator, and each only once.
  static func features(_ names: [String]) -> [String] {
    var taken: Set<String> = []
    return names.map { name in
      let plain = String(
        String.UnicodeScalarView(
          name.unicodeScalars.map { scalar in
            scalar.properties.isWhitespace || "\",:[]{}=".unicodeScalars.contains(scalar) || scalar.value < 32
              ? "_" : scalar
          }))
      var unique = plain.isEmpty ? "_" : plain
      while !taken.insert(unique).inserted { unique += "_" }
      return unique
    }
  }
}

extension BoostedTree {
  /// A block of the text without its first line.
  fileprivate var lightGBMText: String {
    func line(_ key: String, _ values: [some CustomStringConvertible]) -> String {
      "\(key)=\(values.map(\.description).joined(separator: " "))\n"
    }
    var sets: [[UInt32]] = []
    var thresholds: [String] = []
    var kinds: [Int] = []
    for split in splits {
      switch split.rule {
      case .threshold(let threshold, let missing, let missingGoesLeft):
        thresholds.append(threshold.description)
        kinds.append(missing.rawValue << 2 | (missingGoesLeft ? 2 : 0))
      case .categories(let words):
        thresholds.append(String(sets.count))
        kinds.append(1)
        sets.append(words)
      }
    }
    var text = "num_leaves=\(leaves.count)\nnum_cat=\(sets.count)\n"
    text += line("split_feature", splits.map(\.feature)) + line("split_gain", splits.map(\.gain))
    text += line("threshold", thresholds) + line("decision_type", kinds)
    text += line("left_child", splits.map(\.left)) + line("right_child", splits.map(\.right))
    text += line("leaf_value", leaves.map(\.value)) + line("leaf_weight", leaves.map(\.weight))
    text += line("leaf_count", leaves.map(\.rows)) + line("internal_value", splits.map(\.value))
    text += line("internal_weight", splits.map(\.weight)) + line("internal_count", splits.map(\.rows))
    if !sets.isEmpty {
      text += line("cat_boundaries", sets.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) })
      text += line("cat_threshold", sets.flatMap(\.self))
    }
    return text + "is_linear=0\nshrinkage=\(shrinkage)\n\n\n"
  }
}
