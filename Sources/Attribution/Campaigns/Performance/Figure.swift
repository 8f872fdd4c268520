import Journeys

/// The figures of an entity, by the names that they have in JSON, CSV and `marketing_analytics`.
///
/// A rate whose denominator is 0, and what needs data that are not there, has no value. "Arrived" is what was delivered
/// or, where no delivery was reported, what was sent. Names and denominators follow the examples in section 4 of the
/// service document (485 clicks of 8,500 sent are its click_rate 0.057); `docs/rates.md` has them in a table.
public enum Figure: String, CaseIterable, Sendable {
  // Segments.
  /// Members at the end of the time.
  case size
  /// `size` / members before the month began − 1.
  case growthRate = "growth_rate"
  /// Members with any event.
  case activeCustomers = "active_customers"

  // How far it came.
  /// Customers whom it reached, as far as is known.
  case reach
  /// Customers to whom something was sent.
  case recipients
  case sent, delivered
  /// E-mails that came back and texts that failed.
  case bounced
  /// The same of texts alone, by the name that the service document has for it.
  case failed
  /// `delivered` / `sent`, where any delivery was reported.
  case deliveryRate = "delivery_rate"
  /// `bounced` (or `failed`) / `sent`.
  case bounceRate = "bounce_rate"
  case impressions

  // What customers did.
  case opened
  /// Customers who opened.
  case uniqueOpens = "unique_opens"
  case clicked
  /// Customers who clicked.
  case uniqueClicks = "unique_clicks"
  /// `opened` / arrived: the same customer's second opening counts again, so it can pass 1.
  case openRate = "open_rate"
  /// `unique_opens` / `reach`.
  case uniqueOpenRate = "unique_open_rate"
  /// `clicked` / `sent`, of advertisements `clicked` / `impressions`.
  case clickRate = "click_rate"
  /// `unique_clicks` / `reach`.
  case uniqueClickRate = "unique_click_rate"
  /// `clicked` / `opened`.
  case clickToOpenRate = "click_to_open_rate"
  /// Unsubscriptions from e-mail and from texts.
  case unsubscribed
  /// Of texts alone.
  case optOuts = "opt_outs"
  /// `unsubscribed` / arrived.
  case unsubscribeRate = "unsubscribe_rate"
  /// `opt_outs` / arrived.
  case optOutRate = "opt_out_rate"

  // What it earned.
  /// Purchases.
  case conversions
  /// Customers who bought.
  case buyers
  /// Customers whose first purchase of all it was, as far back as the data go.
  case newCustomers = "new_customers"
  /// `conversions` / `sent` or, where nothing is sent, `conversions` / `clicked`.
  case conversionRate = "conversion_rate"
  /// `conversions` / `clicked`.
  case clickToConversionRate = "click_to_conversion_rate"
  /// Amounts of the conversions.
  case revenue
  /// `revenue` / `sent`.
  case revenuePerMessage = "revenue_per_message"
  /// `revenue` / `conversions`.
  case averageOrderValue = "average_order_value"

  // What it cost. Spent is `cost` and `commission` together, as far as they are known.
  case cost
  /// An affiliate's, by his rate.
  case commission
  /// `commission` / `clicked`.
  case earningsPerClick = "earnings_per_click"
  /// `cost` / `sent`, of texts.
  case costPerSMS = "cost_per_sms"
  /// Spent / `clicked`.
  case costPerClick = "cost_per_click"
  /// Spent / `conversions` (CPA).
  case costPerAcquisition = "cost_per_acquisition"
  /// Spent / `new_customers` (CAC).
  case customerAcquisitionCost = "customer_acquisition_cost"
  /// `revenue` / spent (ROAS).
  case returnOnAdSpend = "return_on_ad_spend"
  /// (`revenue` − spent) / spent.
  case roi

  // Loyalty.
  /// Customers who earned or redeemed points.
  case activeMembers = "active_members"
  case pointsIssued = "points_issued"
  case pointsRedeemed = "points_redeemed"
  /// `points_redeemed` / `points_issued`.
  case redemptionRate = "redemption_rate"

  public enum Value: Sendable, Equatable {
    case count(Int)
    /// Minor units.
    case money(Int64)
    /// Major units of a part of money: a price.
    case price(Double)
    /// Of something countable.
    case share(Double)
    case ratio(Double)

    /// As it is written: money in major units.
    public var number: Double {
      switch self {
      case .count(let count): Double(count)
      case .money(let minor): Money.major(minor)
      case .price(let number), .share(let number), .ratio(let number): number
      }
    }
  }
}

extension Figure {
  private static let messages: [Figure] = [
    .reach, .recipients, .sent, .delivered, .bounced, .deliveryRate, .bounceRate, .opened, .uniqueOpens, .clicked,
    .uniqueClicks, .openRate, .uniqueOpenRate, .clickRate, .uniqueClickRate, .clickToOpenRate, .unsubscribed,
    .unsubscribeRate,
  ]
  private static let texts: [Figure] = [
    .reach, .recipients, .sent, .delivered, .failed, .deliveryRate, .bounceRate, .clicked, .uniqueClicks, .clickRate,
    .uniqueClickRate, .optOuts, .optOutRate,
  ]
  private static let sales: [Figure] = [.conversions, .buyers, .newCustomers, .conversionRate, .clickToConversionRate]
  private static let returns: [Figure] = [
    .costPerClick, .costPerAcquisition, .customerAcquisitionCost, .returnOnAdSpend, .roi,
  ]

  /// Which figures a kind of entity has, in the order to read them.
  public static func all(of entity: MarketingEntity) -> [Figure] {
    switch entity {
    case .campaign:
      messages + [.impressions] + sales + [.revenue, .revenuePerMessage, .averageOrderValue, .cost] + returns
    case .emailCampaign: messages + sales + [.revenue, .revenuePerMessage, .averageOrderValue, .cost] + returns
    case .smsCampaign:
      texts + sales + [.revenue, .revenuePerMessage, .averageOrderValue, .cost, .costPerSMS] + returns
    case .segment:
      [.size, .growthRate, .activeCustomers] + messages + sales
        + [.revenue, .revenuePerMessage, .averageOrderValue, .cost] + returns
    case .affiliate:
      [.reach, .clicked, .uniqueClicks] + sales
        + [.revenue, .averageOrderValue, .commission, .earningsPerClick, .cost] + returns
    case .loyaltyProgram:
      [
        .activeMembers, .pointsIssued, .pointsRedeemed, .redemptionRate, .conversions, .buyers, .newCustomers,
        .revenue, .averageOrderValue,
      ]
    }
  }

  /// The figures of a part of an entity: of a channel, a device, a place, a carrier, a link.
  public static let ofParts: [Figure] = [
    .reach, .sent, .delivered, .opened, .clicked, .uniqueClicks, .conversions, .revenue,
  ]
}
