/// What a churn model has to beat to be worth its keep.
enum ChurnBaselines {
  static let meanings = [
    "constant_rate": "the churn rate of the training rows for everybody",
    "recency_rule": "days since the last purchase alone, by a logistic regression on them",
  ]

  static func metrics(
    _ training: ChurnSample, _ validation: ChurnSample, _ settings: ChurnTask.Settings
  ) async throws -> [String: BinaryMetrics] {
    let rate = Double(training.positives) / Double(training.labels.count)
    let constant = try BinaryMetrics(
      probabilities: Array(repeating: rate, count: validation.labels.count), labels: validation.labels)
    let label = LabelledTable.Label(column: ChurnTask.name)
    let rule = try await LogisticModel(
      fitting: LabelledTable(table: recency(training), labels: training.labels, label: label),
      settings: settings.regression, threads: settings.threads)
    let recency = try BinaryMetrics(
      probabilities: try await rule.predictProbability(recency(validation), threads: settings.threads),
      labels: validation.labels)
    return ["constant_rate": constant, "recency_rule": recency]
  }

  private static func recency(_ sample: ChurnSample) -> Table { sample.rows.table.selecting(["recency"]) }
}
