/// Which columns of a CSV file are what.
public struct TableLayout: Sendable, Equatable {
  package enum Role: Sendable, Equatable { case label, number, category, dropped }

  /// The column that is to be predicted; nil to score rows without one.
  public var label: String?
  /// The value of the label that counts as positive; nil where the column holds 0 and 1.
  public var positive: String?
  public var delimiter: UInt8
  private var dropped: Set<String> = []
  private var numeric: Set<String> = []
  /// When set, only these columns are read.
  private var wanted: Set<String>?

  /// Columns not named numeric are categories.
  public init(
    label: String?, positive: String? = nil, drop: [String] = [], numeric: [String] = [],
    delimiter: UInt8 = UInt8(ascii: ",")
  ) {
    self.label = label
    self.positive = positive
    self.delimiter = delimiter
    dropped = Set(drop)
    self.numeric = Set(numeric)
  }

  /// The columns that an encoding asks for, each of its kind; the others of the file are passed over.
  public init(_ encoding: Encoding, delimiter: UInt8 = UInt8(ascii: ",")) {
    self.init(label: nil, delimiter: delimiter)
    wanted = Set(encoding.columns.map(\.name))
    for case .numeric(let name, _, _) in encoding.columns { numeric.insert(name) }
  }

  /// Only some columns, of which some are numbers; the others of the file are passed over.
  init(only columns: [String], numeric: [String], delimiter: UInt8) {
    self.init(label: nil, numeric: numeric, delimiter: delimiter)
    wanted = Set(columns)
  }

  /// The role of each column of a header.
  ///
  /// - Throws: `.unknownName` for a column that the header lacks, `.malformedTable` for one it has twice.
  func roles(of header: [String], file: String) throws(ModelError) -> [Role] {
    let names = Set(header)
    guard names.count == header.count else {
      let twice = header.first { name in header.filter { $0 == name }.count > 1 } ?? ""
      throw ModelError(.malformedTable, "read \(file): the header has two columns '\(twice)'; rename one")
    }
    let asked = (label.map { [$0] } ?? []) + dropped.sorted() + numeric.sorted() + (wanted?.sorted() ?? [])
    if let missing = asked.first(where: { !names.contains($0) }) {
      throw ModelError(
        .unknownName,
        "read \(file): it has no column '\(missing)'; its header is \(header.joined(separator: ", ")) "
          + "(is the delimiter right?)")
    }
    return header.map { name in
      if name == label { return .label }
      if dropped.contains(name) || wanted?.contains(name) == false { return .dropped }
      return numeric.contains(name) ? .number : .category
    }
  }
}

/// A table and what is to be learnt from it.
public struct LabelledTable: Sendable {
  public var table: Table
  /// 0 or 1, one a row; empty for a table that was read without its label.
  public var labels: [UInt8]
  public var label: Label

  /// What is predicted: the column of the label, and its value that counts as positive (nil where it is 1).
  public struct Label: Codable, Sendable, Equatable {
    public var column: String
    public var positive: String?

    public init(column: String, positive: String? = nil) {
      self.column = column
      self.positive = positive
    }
  }

  public init(table: Table, labels: [UInt8], label: Label) {
    self.table = table
    self.labels = labels
    self.label = label
  }
}
