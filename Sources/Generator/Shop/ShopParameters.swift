/// The shop's laws: what a model fitted to the events should find. All of it stands in the truth file.
public struct ShopParameters: Sendable, Equatable {
  /// BG/NBD (Fader, Hardie & Lee 2005): the purchase rate, per day at a seasonal factor of 1, is
  /// Gamma(shape r, rate alpha); after each repeat purchase the customer drops out with probability Beta(a, b).
  public var r = 0.75
  public var alpha = 38.0
  public var a = 0.75
  public var b = 2.4

  /// Gamma-Gamma (Fader & Hardie 2013): an amount is Gamma(shape p, rate ν), ν is Gamma(shape q, rate gamma);
  /// in taka, so the mean over all customers is p · gamma / (q − 1) = 2,463.
  public var p = 6.25
  public var q = 3.74
  public var gamma = 1080.0

  /// Share of the customers who were there before the first day, for 1 to `longestTenure` days.
  public var existingShare = 0.6
  public var longestTenure = 365
  /// Share of the customers who look and sign up and never buy.
  public var prospectShare = 0.15

  /// Who can be reached: consents, and the app that takes push messages.
  public var emailConsent = 0.8
  public var smsConsent = 0.9
  public var appShare = 0.45
  public var loyaltyShare = 0.55

  /// Visits without a purchase, per day: Gamma(shape, rate).
  public var visitShape = 0.9
  public var visitRate = 45.0

  /// Beta parameters of a customer's engagement: opening a delivered e-mail, clicking a delivered SMS, opening a
  /// push message, clicking an ad shown.
  public var emailOpen = (a: 2.0, b: 5.6)
  public var smsClick = (a: 1.6, b: 13.4)
  public var pushOpen = (a: 1.3, b: 11.7)
  public var adClick = (a: 1.0, b: 39.0)
  /// The share of opened e-mails that are clicked.
  public var emailClickGivenOpen = 0.14

  /// What is left of visits, and of engagement, once a customer has dropped out.
  public var visitsAfterDropout = 0.25
  public var engagementAfterDropout = 0.4

  /// Purchases that a touch causes, on average over the customers: it causes one with this probability times the
  /// customer's persuadability (Gamma(2, rate 2), mean 1), if the customer is buying at all at that time.
  public var touchEffects = TouchEffects()
  /// Mean days from a touch to the purchase it causes (exponential, cut at `longestEffect`).
  public var effectDelay = 2.0
  public var longestEffect = 14.0

  public init() {}

  public static func == (x: Self, y: Self) -> Bool {
    x.values.elementsEqual(y.values) { $0 == $1 } && x.touchEffects == y.touchEffects
  }

  /// Every number with its name, for the truth file.
  package var values: [(name: String, value: Double)] {
    [
      ("r", r), ("alpha", alpha), ("a", a), ("b", b), ("p", p), ("q", q), ("gamma", gamma),
      ("existing_share", existingShare), ("longest_tenure_days", Double(longestTenure)),
      ("prospect_share", prospectShare), ("email_consent", emailConsent), ("sms_consent", smsConsent),
      ("app_share", appShare), ("loyalty_share", loyaltyShare), ("visit_shape", visitShape),
      ("visit_rate", visitRate), ("email_open_a", emailOpen.a), ("email_open_b", emailOpen.b),
      ("sms_click_a", smsClick.a), ("sms_click_b", smsClick.b), ("push_open_a", pushOpen.a),
      ("push_open_b", pushOpen.b), ("ad_click_a", adClick.a), ("ad_click_b", adClick.b),
      ("email_click_given_open", emailClickGivenOpen), ("visits_after_dropout", visitsAfterDropout),
      ("engagement_after_dropout", engagementAfterDropout), ("effect_delay_days", effectDelay),
      ("longest_effect_days", longestEffect),
    ]
  }
}

/// The purchases that one touch of each kind causes on average.
public struct TouchEffects: Sendable, Equatable {
  public var emailOpened = 0.06
  public var emailClicked = 0.4
  public var smsDelivered = 0.045
  public var smsClicked = 0.3
  public var pushOpened = 0.2
  public var socialClicked = 0.4
  public var searchClicked = 0.25
  public var affiliateClicked = 0.2

  public init() {}

  /// Nothing causes anything: every purchase is organic.
  public static var none: TouchEffects {
    var effects = TouchEffects()
    effects.emailOpened = 0
    effects.emailClicked = 0
    effects.smsDelivered = 0
    effects.smsClicked = 0
    effects.pushOpened = 0
    effects.socialClicked = 0
    effects.searchClicked = 0
    effects.affiliateClicked = 0
    return effects
  }

  package var values: [(name: String, value: Double)] {
    [
      ("email_opened", emailOpened), ("email_clicked", emailClicked), ("sms_delivered", smsDelivered),
      ("sms_clicked", smsClicked), ("push_opened", pushOpened), ("ad_click:social_media", socialClicked),
      ("ad_click:paid_search", searchClicked), ("affiliate_click", affiliateClicked),
    ]
  }
}
