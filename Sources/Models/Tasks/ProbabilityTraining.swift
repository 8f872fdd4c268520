import Foundation

/// Fits the classifiers of a task, calibrates each on the tuning rows and takes the one of the lowest log-loss there.
struct ProbabilityTraining {
  private let task: PredictionTask
  private let settings: TaskTraining.Settings
  private let fit: TaskSample
  private let tune: TaskSample

  /// An isotonic function has as many parameters as it likes.
  private static let leastIsotonicRows = 5000

  init(_ task: PredictionTask, _ settings: TaskTraining.Settings, fit: TaskSample, tune: TaskSample) {
    self.task = task
    self.settings = settings
    self.fit = fit
    self.tune = tune
  }

  private struct Fitted {
    var model: ProbabilityModel
    var card: ModelCard.Candidate
  }

  func run(
    _ step: (String) throws -> Void
  ) async throws -> (model: ProbabilityModel, candidates: [ModelCard.Candidate]) {
    let labels = fit.labels(task)
    let positives = fit.positives(task)
    guard positives > 0, positives < labels.count else {
      throw ModelError(
        .untrainable,
        """
        train \(task.name): \(positives > 0 ? "all" : "none") of the \(labels.count) training customers are \
        positive (\(task.label)), from which nothing can be learnt; choose another --horizon or --as-of
        """)
    }
    let canTune = tune.count >= TaskTraining.leastTuningRows && Set(tune.labels(task)).count == 2
    var fitted: [Fitted] = []
    for candidate in ProbabilityModel.Candidate.allCases {
      guard settings.candidates?.contains(candidate.rawValue) ?? true else { continue }
      try step(candidate.rawValue)
      var model: ProbabilityModel
      switch candidate {
      case .logistic:
        let inputs = LinearInputs(fit.rows)
        let regression = try await LogisticModel(
          fitting: LabelledTable(table: inputs.table(fit.rows), labels: labels, label: .init(column: task.name)),
          settings: settings.regression, threads: settings.threads)
        model = ProbabilityModel(learner: .logistic(inputs, regression))
      case .boosting:
        model = ProbabilityModel(learner: .boosting(try boosting(labels, canTune: canTune)))
      }
      fitted.append(try await tuned(model, canTune: canTune))
    }
    // Without rows to choose by, the first: the simplest.
    var best = 0
    for place in fitted.indices {
      if let loss = fitted[place].card.loss, loss < fitted[best].card.loss ?? .infinity { best = place }
    }
    fitted[best].card.isChosen = true
    return (fitted[best].model, fitted.map(\.card))
  }

  private func boosting(_ labels: [UInt8], canTune: Bool) throws -> BoostedTrees {
    var boosting = GradientBoosting(settings: settings.boosting)
    boosting.settings.loss = .logistic
    if !canTune { boosting.settings.earlyStopping = nil }
    return try boosting.fit(
      FeatureMatrix(fit.rows.table), labels: labels.map { Double($0) },
      validation: canTune
        ? .init(features: try FeatureMatrix(tune.rows.table), labels: tune.labels(task).map { Double($0) }) : nil
    ).model
  }

  private func tuned(_ model: ProbabilityModel, canTune: Bool) async throws -> Fitted {
    var result = Fitted(model: model, card: ModelCard.Candidate(name: model.candidate.rawValue))
    if case .boosting(let trees) = model.learner { result.card.trees = trees.trees.count }
    guard canTune else { return result }
    let scores = try await model.scores(tune.rows, threads: settings.threads)
    let labels = tune.labels(task)
    var choices: [Calibration.Method?] = [nil, .platt]
    if tune.count >= Self.leastIsotonicRows { choices.append(.isotonic) }
    for method in choices {
      guard let loss = try crossFittedLoss(method, scores, labels) else { continue }
      if loss < result.card.loss ?? .infinity {
        result.card.loss = loss
        result.card.calibration = method?.rawValue ?? "none"
        result.model.calibration = try method.map { try Calibration($0, scores: scores, labels: labels) }
      }
    }
    return result
  }

  /// The log-loss on either half of the tuning rows of a calibration fitted to the other; nil where a half is of one
  /// class.
  private func crossFittedLoss(
    _ method: Calibration.Method?, _ scores: [Double], _ labels: [UInt8]
  ) throws(ModelError) -> Double? {
    let isFirst = labels.indices.map { Mix.hash(settings.seed ^ 0x6861_6C66, $0) & 1 == 0 }
    var sum = 0.0
    for half in [true, false] {
      let (own, other) = (labels.indices.filter { isFirst[$0] == half }, labels.indices.filter { isFirst[$0] != half })
      let learnt = other.map { labels[$0] }
      guard Set(learnt).count == 2 else { return nil }
      let calibration = try method.map { method throws(ModelError) in
        try Calibration(method, scores: other.map { scores[$0] }, labels: learnt)
      }
      let probabilities = own.map { ProbabilityModel.probability(scores[$0], calibration) }
      sum += BinaryMetrics.logLosses(probabilities, own.map { labels[$0] }).reduce(0, +)
    }
    return sum / Double(labels.count)
  }
}
