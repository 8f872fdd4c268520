import Foundation

/// Fits the models of spend, weighs them on the tuning rows and takes the mixture of the lowest Tweedie deviance there.
struct ValueTraining {
  private let settings: TaskTraining.Settings
  private let horizonDays: Double
  private let fit: TaskSample
  private let tune: TaskSample

  /// Of the variance of spend: between Poisson (1) and gamma (2).
  private static let tweediePower = 1.5
  /// Weights of the trees in the stack that are tried: 1/20, 2/20, …
  private static let weightSteps = 20

  init(_ settings: TaskTraining.Settings, horizonDays: Double, fit: TaskSample, tune: TaskSample) {
    self.settings = settings
    self.horizonDays = horizonDays
    self.fit = fit
    self.tune = tune
  }

  private func wants(_ candidate: ValueModel.Candidate) -> Bool {
    settings.candidates?.contains(candidate.rawValue) ?? true
  }

  func run(_ step: (String) throws -> Void) async throws -> (model: ValueModel, candidates: [ModelCard.Candidate]) {
    let spent = fit.paid.reduce(0, +)
    guard spent > 0 else {
      throw ModelError(
        .untrainable,
        """
        train ltv: none of the \(fit.count) training customers spent anything within the horizon, from which nothing \
        can be learnt; choose another --horizon or --as-of, or import events with 'amount'
        """)
    }
    let canTune = tune.count >= TaskTraining.leastTuningRows && tune.paid.contains { $0 > 0 }
    let occasions = fit.rows.column("frequency").reduce(0, +)
    var model = ValueModel(
      customers: nil, trees: nil, treeWeight: 1, scale: 1, customerScale: 1, discount: settings.discount,
      meanSpend: max(0, fit.rows.column("revenue").reduce(0, +)) / max(1, occasions))
    var problems: [ValueModel.Candidate: String] = [:]
    // BG/NBD is fitted in any case: what comes after the horizon is its to say.
    try step(ValueModel.Candidate.customers.rawValue)
    do { model.customers = try await customers() } catch let error as ModelError {
      problems[.customers] = error.message
    }
    if wants(.boosting) || wants(.stack) || model.customers == nil {
      try step(ValueModel.Candidate.boosting.rawValue)
      model.trees = try boosting(canTune: canTune)
    }
    return try await weighed(model, problems, canTune: canTune)
  }

  private func customers() async throws -> CustomerModel? {
    guard let table = fit.histories else { return nil }
    let columns = CustomerColumns([.x: "x", .lastPurchase: "t_x", .age: "T", .meanValue: "zbar"])
    let per = PurchaseHistories.Columns.daysPerWeek
    do {
      return try await CustomerModel(
        fitting: table, learner: .betaGeometric, columns: columns, per: per, threads: settings.threads)
    } catch let error as ModelError where table.values[.meanValue]?.contains(where: { $0 > 0 }) != true {
      // No money in what was bought again: purchases alone can still be foretold.
      guard error.code == .untrainable else { throw error }
      return try await CustomerModel(
        fitting: CustomerTable(table.values.filter { $0.key != .meanValue }), learner: .betaGeometric,
        columns: columns, per: per, threads: settings.threads)
    }
  }

  private func boosting(canTune: Bool) throws -> BoostedTrees {
    var boosting = GradientBoosting(settings: settings.boosting)
    boosting.settings.loss = .tweedie(power: Self.tweediePower)
    if !canTune { boosting.settings.earlyStopping = nil }
    return try boosting.fit(
      FeatureMatrix(fit.rows.table), labels: fit.paid,
      validation: canTune ? .init(features: try FeatureMatrix(tune.rows.table), labels: tune.paid) : nil
    ).model
  }

  private func weighed(
    _ fitted: ValueModel, _ problems: [ValueModel.Candidate: String], canTune: Bool
  ) async throws -> (model: ValueModel, candidates: [ModelCard.Candidate]) {
    var (model, problems) = (fitted, problems)
    let weeks = horizonDays / PurchaseHistories.Columns.daysPerWeek
    let trees = try await model.treeValues(tune.rows, threads: settings.threads)
    var customers: [Double]?
    if let table = tune.histories {
      let values = try await model.customerValues(table, weeks: weeks, threads: settings.threads)
      customers = values?.horizon
      if let values, !(values.horizon + values.rest).allSatisfy({ $0.isFinite && $0 >= 0 }) {
        problems[.customers] = "BG/NBD: its parameters are not determined by these customers"
        (model.customers, customers) = (nil, nil)
      }
    }
    guard model.customers != nil || model.trees != nil else {
      throw ModelError(.untrainable, "train ltv: \(problems[.customers] ?? "no candidate could be fitted")")
    }
    var best: (loss: Double, candidate: ValueModel.Candidate)?
    var cards: [ModelCard.Candidate] = []
    for candidate in ValueModel.Candidate.allCases where wants(candidate) {
      var card = ModelCard.Candidate(name: candidate.rawValue)
      if candidate != .customers { card.trees = model.trees?.trees.count }
      card.problem = problems[.customers].flatMap { candidate == .boosting ? nil : $0 }
      let weights = Self.weights(candidate)
      if canTune, candidate == .customers || trees != nil, candidate == .boosting || customers != nil {
        for weight in weights {
          let (scale, loss) = tuned(weight, trees, customers)
          if loss < card.loss ?? .infinity { (card.loss, card.weight) = (loss, weight) }
          if loss < best?.loss ?? .infinity {
            best = (loss, candidate)
            (model.treeWeight, model.scale) = (weight, scale)
          }
        }
      }
      cards.append(card)
    }
    // Without rows to choose by: what has few parameters.
    let chosen = best?.candidate ?? (model.customers == nil ? .boosting : .customers)
    if best == nil { model.treeWeight = model.customers == nil ? 1 : 0 }
    if let customers, canTune { model.customerScale = Self.scale(customers, tune.paid) }
    if model.treeWeight == 0 { model.trees = nil }
    if !cards.contains(where: { $0.name == chosen.rawValue }) {
      cards.append(ModelCard.Candidate(name: chosen.rawValue))
    }
    for place in cards.indices { cards[place].isChosen = cards[place].name == chosen.rawValue }
    return (model, cards)
  }

  private static func weights(_ candidate: ValueModel.Candidate) -> [Double] {
    switch candidate {
    case .customers: [0]
    case .boosting: [1]
    case .stack: (1..<weightSteps).map { Double($0) / Double(weightSteps) }
    }
  }

  private func tuned(_ weight: Double, _ trees: [Double]?, _ customers: [Double]?) -> (scale: Double, loss: Double) {
    let mixed = (0..<tune.count).map { weight * (trees?[$0] ?? 0) + (1 - weight) * (customers?[$0] ?? 0) }
    let scale = Self.scale(mixed, tune.paid)
    let deviances = ValueMetrics.deviances(predicted: mixed.map { scale * $0 }, actual: tune.paid)
    return (scale, deviances.reduce(0, +) / Double(tune.count))
  }

  /// By which the predicted total becomes the actual one.
  private static func scale(_ predicted: [Double], _ actual: [Double]) -> Double {
    let total = predicted.reduce(0, +)
    return total > 0 ? actual.reduce(0, +) / total : 1
  }
}
