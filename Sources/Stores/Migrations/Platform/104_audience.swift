extension Migration {
  /// Segments, and what happens to customers by itself.
  static let audience = Migration(
    name: "104_audience",
    sql: """
      CREATE TABLE IF NOT EXISTS customer_segments (
        id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
        vendor_id UUID REFERENCES vendors(id),
        segment_name VARCHAR(255) NOT NULL,
        segment_name_bn VARCHAR(255), -- Bangla segment name
        description TEXT,
        segment_type segment_type NOT NULL,
        criteria JSONB NOT NULL,
        is_dynamic BOOLEAN DEFAULT true,
        customer_count INTEGER DEFAULT 0,
        last_updated TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
        created_by UUID NOT NULL REFERENCES users(id),
        is_active BOOLEAN DEFAULT true,
        created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
        updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
      );

      CREATE TABLE IF NOT EXISTS automation_workflows (
        id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
        vendor_id UUID REFERENCES vendors(id),
        workflow_name VARCHAR(255) NOT NULL,
        description TEXT,
        trigger_type trigger_type NOT NULL,
        trigger_conditions JSONB NOT NULL,
        workflow_steps JSONB NOT NULL,
        is_active BOOLEAN DEFAULT false,
        execution_count INTEGER DEFAULT 0,
        success_count INTEGER DEFAULT 0,
        error_count INTEGER DEFAULT 0,
        last_executed TIMESTAMP,
        created_by UUID NOT NULL REFERENCES users(id),
        created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
        updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
      );

      CREATE TABLE IF NOT EXISTS marketing_events_log (
        id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
        customer_id UUID REFERENCES users(id),
        event_type marketing_event_type NOT NULL,
        event_data JSONB NOT NULL,
        campaign_id UUID,
        channel marketing_channel,
        timestamp TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
        user_agent TEXT,
        ip_address INET,
        referrer VARCHAR(500)
      );

      CREATE INDEX IF NOT EXISTS idx_customer_segments_vendor ON customer_segments(vendor_id);
      CREATE INDEX IF NOT EXISTS idx_marketing_events_log_customer ON marketing_events_log(customer_id);
      CREATE INDEX IF NOT EXISTS idx_marketing_events_log_timestamp ON marketing_events_log(timestamp DESC);
      """)
}
