extension Migration {
  /// The table that is ours to write, and its type.
  static let marketingAnalytics = Migration(
    name: "001_marketing_analytics",
    sql: enumType(
      "analytics_entity_type",
      "campaign", "email_campaign", "sms_campaign", "segment", "affiliate", "loyalty_program")
        + """
        CREATE TABLE IF NOT EXISTS marketing_analytics (
          id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
          entity_type analytics_entity_type NOT NULL,
          entity_id UUID NOT NULL,
          date DATE NOT NULL,
          metrics JSONB NOT NULL,
          created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
          UNIQUE(entity_type, entity_id, date)
        );
        """)
}
