/// What a run did.
public struct ScoringSummary: Sendable, Equatable {
  /// The champions that scored, by task.
  public var modelVersions: [String: String]
  public var profiles = ScoreWrites()
  /// Customers whom no model is for: they have no score.
  public var unscored = 0
  /// Scores of earlier runs that were taken out, of customers whom the model is no longer for.
  public var withdrawn = 0
  public var analytics = AnalyticsWrites()
  /// What makes the scores less than they look.
  public var warnings: [String] = []

  init(modelVersions: [String: String]) { self.modelVersions = modelVersions }
}
