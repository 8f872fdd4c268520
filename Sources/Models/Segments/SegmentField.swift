/// What a condition of a segment can ask of a customer, from the events before the moment and nothing else.
///
/// A condition with `days` counts only events of that many days before the moment. Money is in major units; ages are
/// fractions of days; what a customer does not have (an order value without an order) is missing.
public enum SegmentField: Sendable, Equatable {
  case number(Number)
  case date(Date)
  case text(Text)
  case set(Set)
  case flag(Flag)
  /// The values of a further key of `event_data`: `event_data.KEY`.
  case eventData(String)

  public enum Kind: String, Sendable { case number, date, text, set, flag }

  public enum Number: String, CaseIterable, Sendable {
    case customerLifetimeValue = "customer_lifetime_value"
    case totalOrders = "total_orders"
    case averageOrderValue = "avg_order_value"
    case lastOrderValue = "last_order_value"
    case largestOrderValue = "max_order_value"
    case smallestOrderValue = "min_order_value"
    case purchaseDays = "purchase_days"
    case daysBetweenPurchases = "avg_days_between_purchases"
    case daysSinceLastPurchase = "days_since_last_purchase"
    case daysSinceFirstPurchase = "days_since_first_purchase"
    case daysSinceSignup = "days_since_signup"
    case daysSinceLastActivity = "days_since_last_activity"
    case daysSinceFirstSeen = "days_since_first_seen"
    case emailsSent = "emails_sent"
    case emailsOpened = "emails_opened"
    case emailsClicked = "emails_clicked"
    case emailOpenRate = "email_open_rate"
    case emailClickRate = "email_click_rate"
    case smsSent = "sms_sent"
    case smsClicked = "sms_clicked"
    case smsClickRate = "sms_click_rate"
    case pushSent = "push_sent"
    case pushOpened = "push_opened"
    case pushOpenRate = "push_open_rate"
    case pageViews = "page_views"
    case adClicks = "ad_clicks"
    case cartsAdded = "carts_added"
    case loyaltyPoints = "loyalty_points"
    case emailEngagement = "email_engagement"
    case smsEngagement = "sms_engagement"
    case pushEngagement = "push_engagement"
    case socialEngagement = "social_engagement"
    case engagementScore = "engagement_score"
  }

  public enum Date: String, CaseIterable, Sendable {
    case lastPurchase = "last_purchase_date"
    case firstPurchase = "first_purchase_date"
    case signup = "signup_date"
    case lastActivity = "last_activity_date"
    case firstSeen = "first_seen_date"
  }

  public enum Text: String, CaseIterable, Sendable {
    case location, device, carrier
    case preferredChannel = "preferred_channel"
    case acquisitionChannel = "acquisition_channel"
    case purchaseFrequency = "purchase_frequency"
  }

  public enum Set: String, CaseIterable, Sendable {
    case categories, products, tags, channels, campaigns
    case purchasedCategories = "purchased_categories"
    case purchasedProducts = "purchased_products"
    case engagedCampaigns = "engaged_campaigns"
    case eventTypes = "event_types"
  }

  public enum Flag: String, CaseIterable, Sendable {
    case hasPurchased = "has_purchased"
    case hasAbandonedCart = "has_abandoned_cart"
    case emailOptedOut = "email_opted_out"
    case smsOptedOut = "sms_opted_out"
  }

  public var kind: Kind {
    switch self {
    case .number: .number
    case .date: .date
    case .text: .text
    case .set, .eventData: .set
    case .flag: .flag
    }
  }

  public var name: String {
    switch self {
    case .number(let field): field.rawValue
    case .date(let field): field.rawValue
    case .text(let field): field.rawValue
    case .set(let field): field.rawValue
    case .flag(let field): field.rawValue
    case .eventData(let key): Self.eventDataPrefix + key
    }
  }

  static let eventDataPrefix = "event_data."

  /// All fields but those of `event_data`.
  public static let all: [SegmentField] =
    Number.allCases.map { .number($0) } + Date.allCases.map { .date($0) } + Text.allCases.map { .text($0) }
    + Set.allCases.map { .set($0) } + Flag.allCases.map { .flag($0) }

  /// Other names under which fields are asked for.
  public static let aliases: [String: String] = [
    "total_spent": "customer_lifetime_value", "total_revenue": "customer_lifetime_value",
    "lifetime_value": "customer_lifetime_value", "order_count": "total_orders", "total_purchases": "total_orders",
    "average_order_value": "avg_order_value", "last_order_date": "last_purchase_date",
    "registration_date": "signup_date", "last_active_date": "last_activity_date", "city": "location",
    "device_type": "device", "device_preference": "device",
  ]

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  /// Nil for a name that no field has.
  public init?(named name: String) {
    if let field = Self.byName[Self.aliases[name] ?? name] {
      self = field
    } else if name.hasPrefix(Self.eventDataPrefix), name.count > Self.eventDataPrefix.count {
      self = .eventData(String(name.dropFirst(Self.eventDataPrefix.count)))
    } else {
      return nil
    }
  }
}
