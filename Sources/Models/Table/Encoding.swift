import Journeys

/// How the columns of a table become the features of a linear model; learnt once, kept with the model.
///
/// - A numeric column becomes (v - mean) / sd, with the mean and the population standard deviation (divided by n) of
///   the *training* rows. A column that is constant there has no scale: it becomes 0 everywhere.
/// - A categorical column becomes one 0/1 feature `column=level` per level but the first; levels are those of the
///   whole table, sorted by their UTF-8 bytes. A level that was not in that table is encoded as the first one.
public struct Encoding: Codable, Sendable, Equatable {
  public enum Column: Sendable, Equatable {
    case numeric(name: String, mean: Double, standardDeviation: Double)
    case categorical(name: String, levels: [String])

    public var name: String {
      switch self {
      case .numeric(let name, _, _), .categorical(let name, _): name
      }
    }

    var features: [String] {
      switch self {
      case .numeric(let name, _, _): [name]
      case .categorical(let name, let levels): levels.dropFirst().map { "\(name)=\($0)" }
      }
    }
  }

  public let columns: [Column]
  /// The names of the features, in order, without the intercept.
  public let features: [String]

  /// - Throws: `.malformedTable` when two features would have one name, or there are more than `maximumFeatures`.
  public init(columns: [Column]) throws(ModelError) {
    self.columns = columns
    let count = columns.reduce(0) { $0 + $1.features.count }
    guard count <= Self.maximumFeatures else {
      let widest = columns.max { $0.features.count < $1.features.count }
      throw ModelError(
        .malformedTable,
        """
        table: encoding gives \(count) features, more than the \(Self.maximumFeatures) a linear model takes; column \
        '\(widest?.name ?? "")' alone gives \(widest?.features.count ?? 0): drop it, or read it as a number
        """)
    }
    features = columns.flatMap(\.features)
    var seen: Set = [Self.interceptName]
    for feature in features where !seen.insert(feature).inserted {
      throw ModelError(.malformedTable, "table: two features would be called '\(feature)'; rename one of the columns")
    }
  }

  /// What the intercept is called beside the features; no feature may be.
  static let interceptName = "(intercept)"

  /// The Hessian has the square of it elements: beyond this an identifier was surely taken for a category.
  public static let maximumFeatures = 4096

  /// Learns means and standard deviations on the training rows, and takes the levels as the table has them.
  public static func fit(
    _ table: Table, trainingRows: RowSelection, threads: Int = defaultThreads
  ) async throws -> Encoding {
    switch table.storage {
    case .columns(let columns):
      var encoded = [Column?](repeating: nil, count: columns.count)
      try await inOrder(chunks: columns.count, threads: threads) { index -> (Int, Column) in
        (index, columns[index].encoded(trainingRows))
      } take: { index, column in
        encoded[index] = column
      }
      return try Encoding(columns: encoded.compactMap(\.self))
    case .matrix(let values, let names):
      let moments = try await MatrixMoments.of(values, width: names.count, rows: trainingRows, threads: threads)
      return try Encoding(
        columns: names.indices.map {
          .numeric(name: names[$0], mean: moments.means[$0], standardDeviation: moments.standardDeviations[$0])
        })
    }
  }
}

extension TableColumn {
  fileprivate func encoded(_ rows: RowSelection) -> Encoding.Column {
    switch values {
    case .categories(_, let levels): return .categorical(name: name, levels: levels)
    case .numbers(let numbers):
      guard rows.count > 0 else { return .numeric(name: name, mean: 0, standardDeviation: 0) }
      var sum = 0.0
      for i in 0..<rows.count { sum += numbers[rows[i]] }
      let mean = sum / Double(rows.count)
      var squares = 0.0
      for i in 0..<rows.count {
        let difference = numbers[rows[i]] - mean
        squares += difference * difference
      }
      return .numeric(name: name, mean: mean, standardDeviation: (squares / Double(rows.count)).squareRoot())
    }
  }
}

extension Encoding {
  private enum Key: String, CodingKey { case columns }

  public init(from decoder: any Decoder) throws {
    try self.init(columns: decoder.container(keyedBy: Key.self).decode([Column].self, forKey: .columns))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(columns, forKey: .columns)
  }
}

extension Encoding.Column: Codable {
  private enum Key: String, CodingKey {
    case name, kind, mean, levels
    case standardDeviation = "sd"
  }
  private enum Kind: String, Codable { case numeric, categorical }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let name = try container.decode(String.self, forKey: .name)
    switch try container.decode(Kind.self, forKey: .kind) {
    case .numeric:
      self = .numeric(
        name: name, mean: try container.decode(Double.self, forKey: .mean),
        standardDeviation: try container.decode(Double.self, forKey: .standardDeviation))
    case .categorical:
      self = .categorical(name: name, levels: try container.decode([String].self, forKey: .levels))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .numeric(let name, let mean, let standardDeviation):
      try container.encode(name, forKey: .name)
      try container.encode(Kind.numeric, forKey: .kind)
      try container.encode(mean, forKey: .mean)
      try container.encode(standardDeviation, forKey: .standardDeviation)
    case .categorical(let name, let levels):
      try container.encode(name, forKey: .name)
      try container.encode(Kind.categorical, forKey: .kind)
      try container.encode(levels, forKey: .levels)
    }
  }
}
