import Foundation

/// How feature rows become the inputs of a linear model; learnt on the training rows, kept with the model.
///
/// Counts, money and times enter as ln(1 + x). What is missing becomes the mean of the training rows, and a column of
/// its own says so (0 or 1) where training rows had it missing too. Nothing leaves the range of the training rows: a
/// straight line is not to be believed beyond.
struct LinearInputs: Codable, Sendable, Equatable {
  struct Column: Codable, Sendable, Equatable {
    var name: String
    var isLogarithmic: Bool
    var lowest: Double
    var highest: Double
    var mean: Double
    /// Whether a further column tells where it is missing.
    var tellsMissing: Bool

    enum CodingKeys: String, CodingKey {
      case name, lowest, highest, mean
      case isLogarithmic = "logarithmic"
      case tellsMissing = "tells_missing"
    }

    /// Not `max(0, value)`, which makes 0 of what is missing.
    func transformed(_ value: Double) -> Double { isLogarithmic ? log1p(value < 0 ? 0 : value) : value }
  }

  var columns: [Column]

  init(_ rows: FeatureTable.Rows) {
    let features = rows.list.features
    columns = features.enumerated().map { place, feature in
      var column = Column(
        name: feature.name, isLogarithmic: feature.unit.isSkewed, lowest: .infinity, highest: -.infinity, mean: 0,
        tellsMissing: false)
      var (sum, count) = (0.0, 0)
      for row in 0..<rows.count {
        let value = column.transformed(Double(rows.values[row * features.count + place]))
        guard value.isFinite else {
          column.tellsMissing = true
          continue
        }
        column.lowest = min(column.lowest, value)
        column.highest = max(column.highest, value)
        sum += value
        count += 1
      }
      if count == 0 { (column.lowest, column.highest) = (0, 0) }
      column.mean = count > 0 ? sum / Double(count) : 0
      return column
    }
  }

  /// - Throws: `.foreignModel` when the rows do not have the features of the model.
  func table(_ rows: FeatureTable.Rows) throws(ModelError) -> Table {
    let names = rows.list.names
    guard names == columns.map(\.name) else {
      throw ModelError(.foreignModel, "the features of the model are not those of this program: train it again")
    }
    let inputs = columns.map(\.name) + columns.filter(\.tellsMissing).map { "\($0.name)_is_missing" }
    var values: [Float] = []
    values.reserveCapacity(rows.count * inputs.count)
    var flags: [Float] = []
    for row in 0..<rows.count {
      flags.removeAll(keepingCapacity: true)
      for (place, column) in columns.enumerated() {
        let value = column.transformed(Double(rows.values[row * names.count + place]))
        values.append(Float(value.isFinite ? min(max(value, column.lowest), column.highest) : column.mean))
        if column.tellsMissing { flags.append(value.isFinite ? 0 : 1) }
      }
      values += flags
    }
    return Table(matrix: values, names: inputs)
  }
}
