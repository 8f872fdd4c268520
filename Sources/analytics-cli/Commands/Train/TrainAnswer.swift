import Models

/// The answer of `train`.
struct TrainAnswer: Answer {
  let task: String
  let version: String
  let isChampion: Bool
  let learner: String
  let data: ModelCard.DataWindow
  let validation: ModelCard.Validation
  let candidates: [ModelCard.Candidate]?
  let challenge: ModelCard.Challenge?

  enum CodingKeys: String, CodingKey {
    case task, version, learner, data, validation, candidates, challenge
    case isChampion = "champion"
  }

  init(version: String, isChampion: Bool, card: ModelCard) {
    task = card.task
    self.version = version
    self.isChampion = isChampion
    learner = card.learner
    data = card.data
    validation = card.validation
    candidates = card.candidates
    challenge = card.challenge
  }

  /// The baselines that the model does not beat, the champion apart: that is the challenge's affair.
  var better: [(name: String, loss: Double)] {
    validation.baselines.filter { $0.key != "champion" && $0.value.loss < validation.model.loss }
      .map { ($0.key, $0.value.loss) }.sorted { $0.name < $1.name }
  }

  var table: TextTable {
    var table = TextTable(columns, title: "\(task) \(version) (\(learner))\(isChampion ? ", champion" : "")")
    table.rows = [row("model", validation.model)]
    table.rows += validation.baselines.sorted { $0.key < $1.key }.map { row($0.key, $0.value) }
    table.notes = [side("training", data.training)]
    if let tuning = data.tuning { table.notes.append(side("tuning", tuning)) }
    table.notes.append(side("validation", data.validation))
    table.notes += (candidates ?? []).map(Self.note)
    if let challenge { table.notes.append(Self.note(challenge)) }
    return table
  }

  private var columns: [String] {
    validation.model.binary != nil
      ? ["on validation", "AUC", "PR-AUC", "log-loss", "Brier", "calibration error", "lift of top 10 %"]
      : ["on validation", "total error", "MAE", "deviance", "Gini", "normalised Gini"]
  }

  private func row(_ name: String, _ metrics: TaskMetrics) -> [TextTable.Cell] {
    func number(_ value: Double?, _ decimals: Int) -> TextTable.Cell {
      value.map { .number($0, decimals: decimals) } ?? .none
    }
    switch metrics {
    case .probability(let metrics):
      return [
        .text(name), number(metrics.auc, 4), number(metrics.averagePrecision, 4), number(metrics.logLoss, 4),
        number(metrics.brier, 4), number(metrics.calibration.expectedCalibrationError, 4),
        number(metrics.lift.first?.lift, 2),
      ]
    case .value(let metrics):
      return [
        .text(name), metrics.totalError.map { .share($0) } ?? .none, number(metrics.mae, 2),
        number(metrics.deviance, 3), number(metrics.gini, 4), number(metrics.normalisedGini, 4),
      ]
    }
  }

  private func side(_ name: String, _ rows: ModelCard.Rows) -> String {
    let count = TextTable.Cell.integer(rows.rows).forPeople
    let share = TextTable.Cell.share(Double(rows.positives) / Double(max(rows.rows, 1))).forPeople
    return "\(name): \(count) customers known by \(rows.featuresUntil), \(share) positive until \(rows.labelsUntil)"
  }

  private static func note(_ candidate: ModelCard.Candidate) -> String {
    var parts: [String] = []
    if let loss = candidate.loss {
      parts.append("loss \(TextTable.Cell.number(loss, decimals: 4).forPeople) on tuning")
    }
    if let trees = candidate.trees { parts.append("\(trees) trees") }
    if let weight = candidate.weight { parts.append("weight of the trees \(weight)") }
    if let calibration = candidate.calibration { parts.append("calibration \(calibration)") }
    if let problem = candidate.problem { parts.append(problem) }
    return "\(candidate.isChosen ? "chosen" : "tried"): \(([candidate.name] + parts).joined(separator: ", "))"
  }

  private static func note(_ challenge: ModelCard.Challenge) -> String {
    guard let comparison = challenge.comparison else {
      return "against \(challenge.champion): not compared, \(challenge.problem ?? "")"
    }
    func number(_ value: Double) -> String { TextTable.Cell.number(value, decimals: 5).forPeople }
    let interval = "(95 %: \(number(comparison.lower)) to \(number(comparison.upper)))"
    return "against \(challenge.champion): loss lower by \(number(comparison.gain)) \(interval), "
      + (challenge.wins ? "wins" : "does not win")
  }
}
