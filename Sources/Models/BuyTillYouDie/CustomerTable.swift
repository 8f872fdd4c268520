import Foundation
import Journeys

/// Which column of a table is what to the buy-till-you-die models.
public struct CustomerColumns: Codable, Sendable, Equatable {
  /// What a column may be.
  public enum Role: String, Codable, Sendable, CaseIterable {
    /// Repeat purchases; for Gamma-Gamma the purchases that `zbar` is the mean of.
    case x
    /// Time (or occasion) of the last purchase since the first one.
    case lastPurchase = "t_x"
    /// Time under observation since the first purchase.
    case age = "T"
    /// BG/BB: occasions.
    case occasions = "n"
    /// Mean value of a purchase.
    case meanValue = "zbar"
    /// How many customers a row stands for.
    case weight
  }

  public private(set) var names: [Role: String]

  public init(_ names: [Role: String]) { self.names = names }

  /// `x=frequency,t_x=recency,T=age,zbar=value`; a role that stands alone is a column of its own name.
  ///
  /// - Throws: `ModelError.unknownName`, `.invalidSetting`.
  public init(parsing text: String) throws(ModelError) {
    names = [:]
    for part in text.split(separator: ",") {
      let sides = part.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      guard let first = sides.first, let role = Role(rawValue: first) else {
        throw ModelError(
          .unknownName,
          "columns: '\(part)' is none of x=, t_x=, T=, n=, zbar=, weight=, each followed by the name of a column")
      }
      guard names[role] == nil else { throw ModelError(.invalidSetting, "columns: \(role.rawValue) is named twice") }
      names[role] = sides.last ?? first
    }
  }

  subscript(role: Role) -> String? { names[role] }

  /// Without the weight, which counts in a fit and not for one row's prediction.
  public var forPrediction: CustomerColumns { CustomerColumns(names.filter { $0.key != .weight }) }

  public init(from decoder: any Decoder) throws {
    let named = try decoder.singleValueContainer().decode([String: String].self)
    names = [:]
    for (name, column) in named {
      guard let role = Role(rawValue: name) else {
        throw ModelError(.foreignModel, "model file: the role '\(name)' of a column is unknown")
      }
      names[role] = column
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(Dictionary(uniqueKeysWithValues: names.map { ($0.rawValue, $1) }))
  }
}

/// The columns of a table that a buy-till-you-die model asks for, times in the model's unit.
public struct CustomerTable: Sendable {
  public private(set) var values: [CustomerColumns.Role: [Double]] = [:]
  public private(set) var rows = 0

  /// - Parameters:
  ///   - path: what `TableReader.numbers` reads.
  ///   - per: times are divided by it: 7 makes weeks of days.
  /// - Throws: what `TableReader.numbers` throws; `ModelError.invalidSetting`.
  public init(
    _ path: String, columns: CustomerColumns, per: Double = 1, delimiter: UInt8 = UInt8(ascii: ","),
    progress: (_ bytes: Int, _ of: Int?, _ rows: Int) throws -> Void = { _, _, _ in }
  ) throws {
    guard per > 0, per.isFinite else { throw ModelError(.invalidSetting, "times are divided by a number above 0") }
    let roles = CustomerColumns.Role.allCases.filter { columns[$0] != nil }
    let names = roles.compactMap { columns[$0] }
    let read = try TableReader.numbers(
      path, columns: names,
      // Who never bought again has no last purchase and no value of one.
      blankAsZero: Set([CustomerColumns.Role.lastPurchase, .meanValue].compactMap { columns[$0] }),
      delimiter: delimiter, progress: progress)
    for (role, column) in zip(roles, read) {
      let isTime = role == .lastPurchase || role == .age
      values[role] = isTime && per != 1 ? column.map { $0 / per } : column
    }
    rows = read.first?.count ?? 0
  }

  subscript(role: CustomerColumns.Role) -> [Double]? { values[role] }
}

extension CustomerTable {
  /// A table made here; times are in the model's unit.
  ///
  /// - Precondition: all columns have the same number of rows.
  public init(_ values: [CustomerColumns.Role: [Double]]) {
    self.values = values
    rows = values.values.first?.count ?? 0
    precondition(values.values.allSatisfy { $0.count == rows }, "columns of one table have the same number of rows")
  }

  /// - Throws: `.unknownName` for a role that has no column.
  func column(_ role: CustomerColumns.Role, for learner: CustomerLearner) throws(ModelError) -> [Double] {
    guard let column = values[role] else {
      let needed = learner.roles.map { "\($0.rawValue)=..." }.joined(separator: ",")
      throw ModelError(
        .unknownName, "\(learner.rawValue): no column is named for \(role.rawValue); it takes --columns \(needed)")
    }
    return column
  }

  func histories(for learner: CustomerLearner) throws(ModelError) -> CustomerHistories {
    try CustomerHistories(
      x: column(.x, for: learner), lastPurchase: column(.lastPurchase, for: learner),
      age: column(learner == .betaGeometricBetaBernoulli ? .occasions : .age, for: learner), weight: self[.weight])
  }
}

/// The buy-till-you-die models and Gamma-Gamma, by the names that `fit` knows them under.
public enum CustomerLearner: String, Codable, Sendable, CaseIterable {
  case betaGeometric = "bg-nbd"
  case modifiedBetaGeometric = "mbg-nbd"
  case pareto = "pareto-nbd"
  case betaGeometricBetaBernoulli = "bg-bb"
  case gammaGamma = "gamma-gamma"

  /// The columns it cannot do without.
  public var roles: [CustomerColumns.Role] {
    switch self {
    case .betaGeometric, .modifiedBetaGeometric, .pareto: [.x, .lastPurchase, .age]
    case .betaGeometricBetaBernoulli: [.x, .lastPurchase, .occasions]
    case .gammaGamma: [.x, .meanValue]
    }
  }
}
