import Attribution
import Journeys

/// The keys of `metrics` that scoring owns in a campaign's row:
///
/// | key | value |
/// | --- | --- |
/// | `sent`, `delivered`, `opened`, `clicked`, `bounced`, `unsubscribed` | events of the day that name the campaign |
/// | `recipients` | customers to whom something was sent that day |
/// | `conversions`, `revenue` | purchases that name the campaign, and their amounts in major units |
/// | `cost` | of all events of the campaign, major units |
/// | `attribution` | `{"first":{"conversions":…,"revenue":…},"last":{…},"linear":{…}}`: the credit for the day's conversions |
enum CampaignMetrics {
  /// One row per campaign and day. Campaigns whose ids are one UUID in different spelling are one campaign.
  static func rows(_ days: [CampaignDay]) -> [AnalyticsRow] {
    var rows: [AnalyticsRow] = []
    var sums: [Key: CampaignDay] = [:]
    for day in days {
      guard let id = EventID(day.campaign) else {
        rows.append(row(day))
        continue
      }
      let key = Key(campaign: id, day: day.day)
      guard var sum = sums[key] else {
        sums[key] = day
        continue
      }
      sum.performance += day.performance
      for index in sum.credits.indices {
        sum.credits[index].credit.conversions += day.credits[index].credit.conversions
        sum.credits[index].credit.revenue += day.credits[index].credit.revenue
      }
      sums[key] = sum
    }
    return rows + sums.values.map(row)
  }

  private struct Key: Hashable {
    var campaign: EventID
    var day: Int64
  }

  private static func row(_ day: CampaignDay) -> AnalyticsRow {
    let performance = day.performance
    var metrics: [String: AnalyticsValue] = [
      "sent": .count(performance.sent), "delivered": .count(performance.delivered),
      "opened": .count(performance.opened), "clicked": .count(performance.clicked),
      "bounced": .count(performance.bounced), "unsubscribed": .count(performance.unsubscribed),
      "recipients": .count(performance.recipients), "conversions": .count(performance.conversions),
      "revenue": .number(Money.major(performance.revenue)), "cost": .number(Money.major(performance.cost)),
    ]
    let credits = day.credits.map { credit -> (String, AnalyticsValue) in
      let value: [String: AnalyticsValue] = [
        "conversions": .number(credit.credit.conversions), "revenue": .number(credit.credit.revenue),
      ]
      return (credit.model.rawValue, .object(value))
    }
    metrics["attribution"] = .object(Dictionary(uniqueKeysWithValues: credits))
    return AnalyticsRow(.campaign, day.campaign, day: day.day, metrics: metrics)
  }
}
