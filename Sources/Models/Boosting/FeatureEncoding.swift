import Journeys

/// How the columns of a table become the features of trees; learnt once, kept with the model.
///
/// A number stays what it is, NaN meaning missing. A category becomes the index of its level, levels being those of
/// the whole table in the order of their UTF-8 bytes; a level that was not there is missing.
public struct FeatureEncoding: Codable, Sendable, Equatable {
  public struct Column: Codable, Sendable, Equatable {
    public var name: String
    /// Nil for a number.
    public var levels: [String]?
  }

  /// What a tree does with the codes of categories.
  public enum Categories: String, Codable, Sendable {
    /// Splits them as if they were numbers.
    case ordinal
    /// Splits off any set of them.
    case native
  }

  public var columns: [Column]
  public var categories: Categories
  public var label: LabelledTable.Label?

  public init(columns: [Column], categories: Categories = .ordinal, label: LabelledTable.Label? = nil) {
    self.columns = columns
    self.categories = categories
    self.label = label
  }

  /// Columns of numbers alone.
  public init(numbers names: [String]) { self.init(columns: names.map { Column(name: $0) }) }

  /// Takes the columns and levels as the table has them.
  public init(_ table: Table, categories: Categories = .ordinal, label: LabelledTable.Label? = nil) {
    switch table.storage {
    case .matrix(_, let names): columns = names.map { Column(name: $0) }
    case .columns(let all):
      columns = all.map { column in
        switch column.values {
        case .numbers: Column(name: column.name)
        case .categories(_, let levels): Column(name: column.name, levels: levels)
        }
      }
    }
    self.categories = categories
    self.label = label
  }

  func isCategorical(_ feature: Int) -> Bool { categories == .native && columns[feature].levels != nil }
}

extension TableLayout {
  /// The columns that a boosting model asks for, each of its kind; the others of the file are passed over.
  public init(_ encoding: FeatureEncoding, delimiter: UInt8 = UInt8(ascii: ",")) {
    self.init(
      only: encoding.columns.map(\.name), numeric: encoding.columns.filter { $0.levels == nil }.map(\.name),
      delimiter: delimiter)
  }
}
