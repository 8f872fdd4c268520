import Journeys

/// What a model has to beat to be worth its keep.
extension TaskTraining {
  static func meanings(_ task: PredictionTask) -> [String: String] {
    let champion = "the champion of the time of training, on the same rows"
    return task.isProbability
      ? [
        "constant_rate": "the rate of the training rows for everybody",
        "recency_rule": "days since the last purchase alone, by a logistic regression on them", "champion": champion,
      ]
      : [
        "constant_mean": "the mean of the training rows for everybody",
        "past_rate": "what was spent per day since the first purchase, for as many days as the horizon has",
        "champion": champion,
      ]
  }

  func baselines(_ fit: TaskSample, _ report: TaskSample) async throws -> [String: TaskMetrics] {
    task.isProbability ? try await rates(fit, report) : try means(fit, report)
  }

  private func rates(_ fit: TaskSample, _ report: TaskSample) async throws -> [String: TaskMetrics] {
    let (learnt, labels) = (fit.labels(task), report.labels(task))
    let rate = Double(fit.positives(task)) / Double(fit.count)
    let constant = try BinaryMetrics(probabilities: Array(repeating: rate, count: labels.count), labels: labels)
    let inputs = LinearInputs(fit.rows)
    let columns = ["recency", "recency_is_missing"]
    let rule = try await LogisticModel(
      fitting: LabelledTable(
        table: inputs.table(fit.rows).selecting(columns), labels: learnt, label: .init(column: task.name)),
      settings: settings.regression, threads: settings.threads)
    let recency = try BinaryMetrics(
      probabilities: try await rule.predictProbability(
        inputs.table(report.rows).selecting(columns), threads: settings.threads), labels: labels)
    return ["constant_rate": .probability(constant), "recency_rule": .probability(recency)]
  }

  private func means(_ fit: TaskSample, _ report: TaskSample) throws(ModelError) -> [String: TaskMetrics] {
    let mean = fit.paid.reduce(0, +) / Double(fit.count)
    let days = Double(horizon) / Double(microsecondsPerDay)
    let past = zip(report.rows.column("revenue"), report.rows.column("tenure")).map { revenue, tenure in
      max(0, revenue) / max(tenure, days) * days
    }
    return [
      "constant_mean": .value(
        try ValueMetrics(predicted: Array(repeating: mean, count: report.count), actual: report.paid)),
      "past_rate": .value(try ValueMetrics(predicted: past, actual: report.paid)),
    ]
  }
}

extension TaskSample {
  /// Revenue, where returns can not make it less than nothing.
  var paid: [Double] { revenue.map { max(0, $0) } }
}
