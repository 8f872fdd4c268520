import Foundation

extension BoostedTrees {
  /// Reads a model in LightGBM's text format, ours or LightGBM's own (versions 2 to 4).
  ///
  /// - Throws: `.foreignModel` for a damaged text, and for models that are not scored here: of several classes, with
  ///   linear leaves.
  public init(lightGBMText text: String) throws(ModelError) {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard lines.first == "tree" else {
      throw ModelError(.foreignModel, "model file: no LightGBM text model, whose first line is 'tree'")
    }
    let firstTree = lines.firstIndex { $0.hasPrefix("Tree=") } ?? lines.firstIndex(of: "end of trees") ?? lines.endIndex
    guard let end = lines.firstIndex(of: "end of trees") else {
      throw ModelError(.foreignModel, "model file: it ends before its trees do; it was cut off: write or copy it again")
    }
    let header = LightGBMBlock(lines[..<firstTree], name: "header")
    guard ["v2", "v3", "v4"].contains(header["version"]) else {
      throw ModelError(
        .foreignModel, "model file: LightGBM text of version '\(header["version"])', where v2 to v4 are read")
    }
    guard try header.integer("num_class") == 1, try header.integer("num_tree_per_iteration") == 1 else {
      throw ModelError(.foreignModel, "model file: a model of several classes; models of one score a row are read here")
    }
    let features = try header.integer("max_feature_idx") + 1
    let names = header["feature_names"].split(separator: " ").map(String.init)
    let infos = header["feature_infos"].split(separator: " ").map(String.init)
    guard features > 0, names.count == features, infos.count == features else {
      throw ModelError(
        .foreignModel,
        "model file: \(names.count) feature_names and \(infos.count) feature_infos for \(features) features")
    }
    var trees: [BoostedTree] = []
    var start = firstTree
    while start < end {
      let next = lines[(start + 1)..<end].firstIndex { $0.hasPrefix("Tree=") } ?? end
      trees.append(try BoostedTree(LightGBMBlock(lines[start..<next], name: "tree \(trees.count)"), features: features))
      start = next
    }
    let rest = lines[end...]
    try self.init(
      trees: trees, featureNames: names, featureInfos: infos, objective: header["objective"],
      isAverage: lines[..<firstTree].contains("average_output"), encoding: Self.encoding(in: rest))
    if let first = rest.firstIndex(of: "parameters:"), let last = rest.firstIndex(of: "end of parameters"), first < last
    {
      parameters = rest[(first + 1)..<last].filter { !$0.isEmpty }.map(String.init)
    }
  }

  private static func encoding(in lines: ArraySlice<Substring>) throws(ModelError) -> FeatureEncoding? {
    let prefix = LightGBMNames.encoding + ":"
    guard let line = lines.first(where: { $0.hasPrefix(prefix) }) else { return nil }
    guard let encoding = try? JSONDecoder().decode(FeatureEncoding.self, from: Data(line.dropFirst(prefix.count).utf8))
    else { throw ModelError(.foreignModel, "model file: its line '\(prefix)' is damaged") }
    return encoding
  }
}

/// `key=value` lines.
private struct LightGBMBlock {
  private var values: [Substring: Substring] = [:]
  private let name: String

  init(_ lines: ArraySlice<Substring>, name: String) {
    self.name = name
    for line in lines {
      guard let equals = line.firstIndex(of: "=") else { continue }
      values[line[..<equals]] = line[line.index(after: equals)...]
    }
  }

  /// Empty for a key that is not there.
  subscript(key: String) -> String { values[key[...]].map(String.init) ?? "" }

  func integer(_ key: String) throws(ModelError) -> Int { try list(key, count: 1)[0] }

  func list<Number: LosslessStringConvertible>(_ key: String, count: Int) throws(ModelError) -> [Number] {
    let numbers = (values[key[...]] ?? "").split(separator: " ").compactMap { Number(String($0)) }
    guard numbers.count == count else {
      throw ModelError(
        .foreignModel, "model file: \(name): '\(key)' holds \(numbers.count) numbers where \(count) are due")
    }
    return numbers
  }

  /// The numbers of a key that need not be there.
  func optional<Number: LosslessStringConvertible>(
    _ key: String, count: Int, default value: Number
  ) throws(ModelError) -> [Number] {
    self[key].isEmpty ? Array(repeating: value, count: count) : try list(key, count: count)
  }

  func failure(_ reason: String) -> ModelError { ModelError(.foreignModel, "model file: \(name): \(reason)") }
}

extension BoostedTree {
  fileprivate init(_ block: LightGBMBlock, features: Int) throws(ModelError) {
    let count = try block.integer("num_leaves")
    guard count >= 1 else { throw block.failure("it has no leaf") }
    let isLinear: [Int] = try block.optional("is_linear", count: 1, default: 0)
    guard isLinear[0] == 0 else {
      throw block.failure("its leaves hold linear models, which are not scored here; train with linear_tree=false")
    }
    let values: [Double] = try block.list("leaf_value", count: count)
    let weights: [Double] = try block.optional("leaf_weight", count: count, default: 0)
    let rows: [Int] = try block.optional("leaf_count", count: count, default: 0)
    leaves = zip(values, zip(weights, rows)).map { Leaf(value: $0, weight: $1.0, rows: $1.1) }
    shrinkage = try block.optional("shrinkage", count: 1, default: 1)[0]
    splits = []
    let splitCount = count - 1
    guard splitCount > 0 else { return }

    let split: [Int] = try block.list("split_feature", count: splitCount)
    let left: [Int] = try block.list("left_child", count: splitCount)
    let right: [Int] = try block.list("right_child", count: splitCount)
    let gains: [Double] = try block.optional("split_gain", count: splitCount, default: 0)
    let inner: [Double] = try block.optional("internal_value", count: splitCount, default: 0)
    let innerWeights: [Double] = try block.optional("internal_weight", count: splitCount, default: 0)
    let innerRows: [Int] = try block.optional("internal_count", count: splitCount, default: 0)
    let rules = try Self.rules(block, count: splitCount)
    // A child comes after its parent and hangs on no other: whatever the row, the way down ends at a leaf.
    var isChild = [Bool](repeating: false, count: splitCount)
    var isLeafUsed = [Bool](repeating: false, count: count)
    for node in 0..<splitCount {
      guard (0..<features).contains(split[node]) else { throw block.failure("split \(node) is of no feature there is") }
      for child in [left[node], right[node]] {
        if child > node, child < splitCount, !isChild[child] {
          isChild[child] = true
        } else if child < 0, ~child < count, !isLeafUsed[~child] {
          isLeafUsed[~child] = true
        } else {
          throw block.failure("split \(node) has a child that is none")
        }
      }
      splits.append(
        Split(
          feature: split[node], rule: rules[node], left: left[node], right: right[node], gain: gains[node],
          value: inner[node], weight: innerWeights[node], rows: innerRows[node]))
    }
  }

  private static func rules(_ block: LightGBMBlock, count: Int) throws(ModelError) -> [Rule] {
    let thresholds: [Double] = try block.list("threshold", count: count)
    let kinds: [Int] = try block.list("decision_type", count: count)
    let sets = try block.integer("num_cat")
    guard sets >= 0, sets <= count else { throw block.failure("num_cat is no number of splits") }
    var bounds = [0]
    var words: [UInt32] = []
    if sets > 0 {
      bounds = try block.list("cat_boundaries", count: sets + 1)
      guard bounds[0] == 0, zip(bounds, bounds.dropFirst()).allSatisfy({ $0 <= $1 }) else {
        throw block.failure("cat_boundaries do not rise from 0")
      }
      words = try block.list("cat_threshold", count: bounds[sets])
    }
    var rules: [Rule] = []
    for (threshold, kind) in zip(thresholds, kinds) {
      if kind & 1 == 1 {
        guard let set = Int(exactly: threshold), (0..<sets).contains(set) else {
          throw block.failure("a categorical split names a set that is not there")
        }
        rules.append(.categories(Array(words[bounds[set]..<bounds[set + 1]])))
      } else {
        guard let missing = Missing(rawValue: kind >> 2 & 3), !threshold.isNaN else {
          throw block.failure("a split has no threshold, or a kind that is not known")
        }
        rules.append(.threshold(threshold, missing: missing, missingGoesLeft: kind & 2 != 0))
      }
    }
    return rules
  }
}
