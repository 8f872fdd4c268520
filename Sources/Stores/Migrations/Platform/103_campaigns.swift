extension Migration {
  /// Campaigns and what they send. Templates come before the e-mails that use them.
  static let campaigns = Migration(
    name: "103_campaigns",
    sql: """
      CREATE TABLE IF NOT EXISTS marketing_campaigns (
        id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
        vendor_id UUID REFERENCES vendors(id),
        campaign_name VARCHAR(255) NOT NULL,
        campaign_name_bn VARCHAR(255), -- Bangla campaign name
        description TEXT,
        campaign_type campaign_type NOT NULL,
        campaign_objective campaign_objective NOT NULL,
        status campaign_status DEFAULT 'draft',
        budget DECIMAL(12,2),
        spent_amount DECIMAL(12,2) DEFAULT 0,
        currency VARCHAR(3) DEFAULT 'BDT',
        start_date TIMESTAMP NOT NULL,
        end_date TIMESTAMP NOT NULL,
        target_audience JSONB,
        channels JSONB NOT NULL, -- Array of marketing channels
        content_settings JSONB,
        automation_rules JSONB,
        performance_goals JSONB,
        a_b_test_config JSONB,
        created_by UUID NOT NULL REFERENCES users(id),
        approved_by UUID REFERENCES users(id),
        approved_at TIMESTAMP,
        created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
        updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
      );

      CREATE TABLE IF NOT EXISTS email_templates (
        id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
        vendor_id UUID REFERENCES vendors(id),
        template_name VARCHAR(255) NOT NULL,
        template_category template_category NOT NULL,
        subject_line VARCHAR(255) NOT NULL,
        html_content TEXT NOT NULL,
        text_content TEXT,
        variables JSONB,
        is_responsive BOOLEAN DEFAULT true,
        is_active BOOLEAN DEFAULT true,
        usage_count INTEGER DEFAULT 0,
        created_by UUID NOT NULL REFERENCES users(id),
        created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
      );

      CREATE TABLE IF NOT EXISTS email_campaigns (
        id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
        marketing_campaign_id UUID REFERENCES marketing_campaigns(id),
        campaign_name VARCHAR(255) NOT NULL,
        subject_line VARCHAR(255) NOT NULL,
        subject_line_bn VARCHAR(255), -- Bangla subject
        sender_name VARCHAR(100) NOT NULL,
        sender_email VARCHAR(100) NOT NULL,
        template_id UUID REFERENCES email_templates(id),
        content JSONB NOT NULL,
        content_bn JSONB, -- Bangla content
        send_type send_type DEFAULT 'immediate',
        scheduled_time TIMESTAMP,
        timezone VARCHAR(50) DEFAULT 'Asia/Dhaka',
        recipient_count INTEGER DEFAULT 0,
        sent_count INTEGER DEFAULT 0,
        delivered_count INTEGER DEFAULT 0,
        opened_count INTEGER DEFAULT 0,
        clicked_count INTEGER DEFAULT 0,
        unsubscribed_count INTEGER DEFAULT 0,
        bounced_count INTEGER DEFAULT 0,
        status email_campaign_status DEFAULT 'draft',
        created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
      );

      CREATE TABLE IF NOT EXISTS sms_campaigns (
        id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
        marketing_campaign_id UUID REFERENCES marketing_campaigns(id),
        campaign_name VARCHAR(255) NOT NULL,
        message_content TEXT NOT NULL,
        message_content_bn TEXT, -- Bangla message
        sender_id VARCHAR(20),
        send_type send_type DEFAULT 'immediate',
        scheduled_time TIMESTAMP,
        timezone VARCHAR(50) DEFAULT 'Asia/Dhaka',
        recipient_count INTEGER DEFAULT 0,
        sent_count INTEGER DEFAULT 0,
        delivered_count INTEGER DEFAULT 0,
        failed_count INTEGER DEFAULT 0,
        opt_out_count INTEGER DEFAULT 0,
        status sms_campaign_status DEFAULT 'draft',
        carrier_distribution JSONB,
        cost_per_sms DECIMAL(6,4) DEFAULT 0.50,
        total_cost DECIMAL(10,2) DEFAULT 0,
        created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
      );

      CREATE INDEX IF NOT EXISTS idx_marketing_campaigns_vendor ON marketing_campaigns(vendor_id);
      CREATE INDEX IF NOT EXISTS idx_marketing_campaigns_status ON marketing_campaigns(status);
      CREATE INDEX IF NOT EXISTS idx_email_campaigns_marketing_campaign ON email_campaigns(marketing_campaign_id);
      """)
}
