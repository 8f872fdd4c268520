extension Migration {
  /// The types of the campaign service.
  static let types = Migration(
    name: "102_types",
    sql: [
      enumType("campaign_type", "awareness", "acquisition", "retention", "conversion", "loyalty", "reactivation"),
      enumType(
        "campaign_objective",
        "brand_awareness", "lead_generation", "sales", "app_downloads", "website_traffic", "engagement"),
      enumType("campaign_status", "draft", "scheduled", "active", "paused", "completed", "cancelled"),
      enumType("send_type", "immediate", "scheduled", "triggered"),
      enumType("email_campaign_status", "draft", "scheduled", "sending", "sent", "paused", "cancelled"),
      enumType("sms_campaign_status", "draft", "scheduled", "sending", "sent", "paused", "cancelled"),
      enumType("segment_type", "demographic", "behavioral", "geographic", "psychographic", "custom"),
      enumType("trigger_type", "user_action", "date_based", "event_based", "api_trigger"),
      enumType("payment_frequency", "weekly", "monthly", "quarterly"),
      enumType("affiliate_status", "pending", "approved", "suspended", "rejected"),
      enumType("loyalty_program_type", "points", "tiers", "cashback", "hybrid"),
      enumType("offer_type", "coupon", "flash_sale", "bundle", "bogo", "free_shipping"),
      enumType("discount_type", "percentage", "fixed_amount", "free_shipping", "buy_x_get_y"),
      enumType(
        "template_category",
        "welcome", "promotional", "transactional", "newsletter", "abandoned_cart", "reactivation"),
      enumType(
        "marketing_event_type",
        "email_sent", "email_opened", "email_clicked", "sms_sent", "sms_delivered", "page_view", "purchase",
        "signup"),
      enumType(
        "marketing_channel",
        "email", "sms", "push_notification", "social_media", "affiliate", "direct", "organic_search", "paid_search"),
    ].joined(separator: "\n"))
}
