import Attribution

/// The key of `metrics` that `attribution --write` owns in a campaign's row:
///
/// | key | value |
/// | --- | --- |
/// | `attribution_models` | `{"markov":{"conversions":…,"revenue":…,"share":…},…}`, a key for every model asked for |
public enum AttributionMetrics {
  /// One row per campaign; rows of touches without one are left out.
  public static func rows(_ results: [AttributionResult], day: Int64) -> [AnalyticsRow] {
    var models: [String: [String: AnalyticsValue]] = [:]
    for result in results {
      for row in result.rows {
        guard let campaign = row.key.names[0] else { continue }
        models[campaign, default: [:]][result.model.rawValue] = .object([
          "conversions": .number(row.conversions), "revenue": .number(row.revenue), "share": .number(row.share),
        ])
      }
    }
    return models.sorted { $0.key < $1.key }.map { campaign, models in
      AnalyticsRow(.campaign, campaign, day: day, metrics: ["attribution_models": .object(models)])
    }
  }
}
