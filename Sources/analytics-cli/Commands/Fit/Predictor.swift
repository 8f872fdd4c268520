import ArgumentParser
import Foundation
import Models

/// A model from a file, whatever learner wrote it.
enum Predictor {
  case logistic(LogisticModel)
  case boosting(BoostedTrees)
  case customers(CustomerModel, CustomerPredictions.Query)
  case kMeans(KMeansModel)

  /// Bytes read, of all, and rows so far.
  typealias Progress = (Int, Int?, Int) throws -> Void

  init(_ file: URL, horizons: [Double], discount: Double?) throws {
    let learner = ModelFile.isBoosting(file) ? nil : try ModelFile.learner(file)
    if let learner, CustomerLearner(rawValue: learner) != nil {
      self = .customers(try ModelFile.customerModel(file), .init(horizons: horizons, discount: discount))
      return
    }
    guard horizons.isEmpty, discount == nil else {
      throw ValidationError("--horizon and --discount go with a buy-till-you-die model")
    }
    if ModelFile.isBoosting(file) {
      self = .boosting(try ModelFile.boosting(file))
    } else if learner == "kmeans" {
      self = .kMeans(try ModelFile.kMeans(file))
    } else {
      self = .logistic(try ModelFile.logistic(file))
    }
  }

  func predict(_ table: String, delimiter: UInt8, _ progress: Progress) async throws -> Predictions {
    func read(_ layout: TableLayout) throws -> Table {
      isDirectory(table)
        ? try TableReader.matrix(table) : try TableReader.csv(table, layout: layout, progress: progress).table
    }
    switch self {
    case .logistic(let model):
      let design = try DesignMatrix(
        try read(TableLayout(model.encoding, delimiter: delimiter)), encoding: model.encoding)
      warn(ofUnknownLevels: design.unknownLevels)
      return Predictions("logistic", [("probability", try await model.predictProbability(design))])
    case .boosting(let model):
      let encoding = model.encoding ?? FeatureEncoding(numbers: model.featureNames)
      let rows = try FeatureMatrix(try read(TableLayout(encoding, delimiter: delimiter)), encoding: encoding)
      if rows.unknownLevels > 0 {
        Stderr.print("table: \(rows.unknownLevels) values in categorical columns are new levels: they count as missing")
      }
      let name = model.predictsProbability ? "probability" : "prediction"
      return Predictions("boosting", [(name, try await model.predict(rows))])
    case .customers(let model, let query):
      let customers = try CustomerTable(
        table, columns: model.columns.forPrediction, per: model.per, delimiter: delimiter, progress: progress)
      let predictions = try await model.predict(customers, query)
      return Predictions(model.learner.rawValue, predictions.columns, json: predictions.jsonFields)
    case .kMeans(let model):
      let columns = try TableReader.numbers(
        table, columns: model.scaling.columns, delimiter: delimiter, progress: progress)
      return Predictions("kmeans", [("cluster", try model.assign(columns).map(Double.init))])
    }
  }
}

/// Columns of predictions, and how a row of them looks in JSON.
struct Predictions {
  typealias Field = (key: String, text: String)

  let learner: String
  let columns: [(name: String, values: [Double])]
  let json: (Int) -> [Field]

  var rows: Int { columns.first?.values.count ?? 0 }

  init(
    _ learner: String, _ columns: [(name: String, values: [Double])], json: ((Int) -> [Field])? = nil
  ) {
    self.learner = learner
    self.columns = columns
    self.json = json ?? { row in columns.map { ($0.name, $0.values[row].description) } }
  }
}
