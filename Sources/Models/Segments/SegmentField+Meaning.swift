extension SegmentField {
  /// The definition, for people.
  public var meaning: String {
    switch self {
    case .number(let field): field.meaning
    case .date(let field): field.meaning
    case .text(let field): field.meaning
    case .set(let field): field.meaning
    case .flag(let field): field.meaning
    case .eventData(let key): "values of event_data.\(key) in any event; of a list each item"
    }
  }
}

extension SegmentField.Number {
  var meaning: String {
    switch self {
    case .customerLifetimeValue: "sum of the amounts of purchases"
    case .totalOrders: "purchases"
    case .averageOrderValue: "mean amount of the purchases that have one"
    case .lastOrderValue: "amount of the last purchase that has one"
    case .largestOrderValue: "largest amount of a purchase"
    case .smallestOrderValue: "smallest amount of a purchase"
    case .purchaseDays: "local days with a purchase"
    case .daysBetweenPurchases:
      "days from the first to the last purchase / (days with a purchase - 1); missing for one day"
    case .daysSinceLastPurchase: "days since the last purchase"
    case .daysSinceFirstPurchase: "days since the first purchase"
    case .daysSinceSignup: "days since the first signup event"
    case .daysSinceLastActivity: "days since the last open, click, visit, cart or purchase"
    case .daysSinceFirstSeen: "days since the first event of any kind"
    case .emailsSent: "email_sent events"
    case .emailsOpened: "email_opened events"
    case .emailsClicked: "email_clicked events"
    case .emailOpenRate: "email_opened / email_sent, at most 1; missing when nothing was sent"
    case .emailClickRate: "email_clicked / email_sent, at most 1; missing when nothing was sent"
    case .smsSent: "sms_sent events"
    case .smsClicked: "sms_clicked events"
    case .smsClickRate: "sms_clicked / sms_sent, at most 1; missing when nothing was sent"
    case .pushSent: "push_sent events"
    case .pushOpened: "push_opened events"
    case .pushOpenRate: "push_opened / push_sent, at most 1; missing when nothing was sent"
    case .pageViews: "page_view events"
    case .adClicks: "ad_click and affiliate_click events"
    case .cartsAdded: "cart_added events"
    case .loyaltyPoints: "loyalty points earned less redeemed"
    case .emailEngagement: "engagement score of e-mail, 0 to 1, as in profiles"
    case .smsEngagement: "engagement score of text messages, 0 to 1, as in profiles"
    case .pushEngagement: "engagement score of push notifications, 0 to 1, as in profiles"
    case .socialEngagement: "engagement score of social media, 0 to 1, as in profiles"
    case .engagementScore: "the highest of the four engagement scores"
    }
  }
}

extension SegmentField.Date {
  var meaning: String {
    switch self {
    case .lastPurchase: "time of the last purchase"
    case .firstPurchase: "time of the first purchase"
    case .signup: "time of the first signup event"
    case .lastActivity: "time of the last open, click, visit, cart or purchase"
    case .firstSeen: "time of the first event of any kind"
    }
  }
}

extension SegmentField.Text {
  var meaning: String {
    switch self {
    case .location: "the last known event_data.location"
    case .device: "event_data.device of most of the customer's own opens, clicks, visits, carts and purchases"
    case .carrier: "the last known event_data.carrier"
    case .preferredChannel: "the channel of the highest engagement score: email, sms, push_notification, social_media"
    case .acquisitionChannel: "the channel of the first event that has one"
    case .purchaseFrequency:
      "avg_days_between_purchases by name: daily (up to 2), weekly (10), biweekly (20), "
        + "monthly (45), quarterly (135), yearly (548), rarely"
    }
  }
}

extension SegmentField.Set {
  var meaning: String {
    switch self {
    case .categories: "event_data.categories of any event"
    case .products: "event_data.products of any event"
    case .tags: "event_data.tags of any event, kept by 'import --property tags'"
    case .channels: "channels of the customer's own opens, clicks, visits, carts and purchases"
    case .campaigns: "campaign_id of any event"
    case .purchasedCategories: "event_data.categories of purchases"
    case .purchasedProducts: "event_data.products of purchases"
    case .engagedCampaigns: "campaign_id of the customer's own opens, clicks, visits, carts and purchases"
    case .eventTypes: "event types"
    }
  }
}

extension SegmentField.Flag {
  var meaning: String {
    switch self {
    case .hasPurchased: "there is a purchase"
    case .hasAbandonedCart: "a product was put into the cart and no purchase followed"
    case .emailOptedOut: "there is an email_unsubscribed"
    case .smsOptedOut: "there is an sms_opted_out"
    }
  }
}
