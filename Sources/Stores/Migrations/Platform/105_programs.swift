extension Migration {
  /// Affiliate and loyalty programs, offers.
  static let programs = Migration(
    name: "105_programs",
    sql: """
      CREATE TABLE IF NOT EXISTS affiliate_programs (
        id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
        vendor_id UUID NOT NULL REFERENCES vendors(id),
        program_name VARCHAR(255) NOT NULL,
        description TEXT,
        commission_structure JSONB NOT NULL,
        terms_and_conditions TEXT,
        minimum_payout DECIMAL(10,2) DEFAULT 1000.00,
        payment_frequency payment_frequency DEFAULT 'monthly',
        cookie_duration_days INTEGER DEFAULT 30,
        approval_required BOOLEAN DEFAULT true,
        is_active BOOLEAN DEFAULT true,
        total_affiliates INTEGER DEFAULT 0,
        total_sales DECIMAL(12,2) DEFAULT 0,
        total_commissions_paid DECIMAL(12,2) DEFAULT 0,
        created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
      );

      CREATE TABLE IF NOT EXISTS affiliate_partners (
        id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
        user_id UUID NOT NULL REFERENCES users(id),
        affiliate_program_id UUID NOT NULL REFERENCES affiliate_programs(id),
        affiliate_code VARCHAR(50) UNIQUE NOT NULL,
        status affiliate_status DEFAULT 'pending',
        referral_link VARCHAR(500),
        total_clicks INTEGER DEFAULT 0,
        total_conversions INTEGER DEFAULT 0,
        total_sales DECIMAL(12,2) DEFAULT 0,
        total_commission_earned DECIMAL(12,2) DEFAULT 0,
        commission_pending DECIMAL(12,2) DEFAULT 0,
        commission_paid DECIMAL(12,2) DEFAULT 0,
        last_payout_date TIMESTAMP,
        joined_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
        UNIQUE(user_id, affiliate_program_id)
      );

      CREATE TABLE IF NOT EXISTS loyalty_programs (
        id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
        vendor_id UUID REFERENCES vendors(id),
        program_name VARCHAR(255) NOT NULL,
        program_name_bn VARCHAR(255), -- Bangla program name
        description TEXT,
        program_type loyalty_program_type NOT NULL,
        points_earning_rules JSONB NOT NULL,
        points_redemption_rules JSONB NOT NULL,
        tier_structure JSONB,
        expiry_rules JSONB,
        is_active BOOLEAN DEFAULT true,
        member_count INTEGER DEFAULT 0,
        total_points_issued BIGINT DEFAULT 0,
        total_points_redeemed BIGINT DEFAULT 0,
        created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
      );

      CREATE TABLE IF NOT EXISTS customer_loyalty_points (
        id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
        customer_id UUID NOT NULL REFERENCES users(id),
        loyalty_program_id UUID NOT NULL REFERENCES loyalty_programs(id),
        current_balance BIGINT DEFAULT 0,
        lifetime_earned BIGINT DEFAULT 0,
        lifetime_redeemed BIGINT DEFAULT 0,
        tier_level VARCHAR(50),
        tier_benefits JSONB,
        joined_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
        last_activity TIMESTAMP,
        UNIQUE(customer_id, loyalty_program_id)
      );

      CREATE TABLE IF NOT EXISTS promotional_offers (
        id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
        vendor_id UUID REFERENCES vendors(id),
        offer_name VARCHAR(255) NOT NULL,
        offer_name_bn VARCHAR(255), -- Bangla offer name
        description TEXT,
        offer_type offer_type NOT NULL,
        discount_type discount_type NOT NULL,
        discount_value DECIMAL(10,2) NOT NULL,
        minimum_purchase_amount DECIMAL(10,2),
        maximum_discount_amount DECIMAL(10,2),
        applicable_products JSONB,
        applicable_categories JSONB,
        usage_limit INTEGER,
        usage_count INTEGER DEFAULT 0,
        customer_usage_limit INTEGER DEFAULT 1,
        valid_from TIMESTAMP NOT NULL,
        valid_until TIMESTAMP NOT NULL,
        promotion_code VARCHAR(50) UNIQUE,
        auto_apply BOOLEAN DEFAULT false,
        is_active BOOLEAN DEFAULT true,
        created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
      );

      CREATE INDEX IF NOT EXISTS idx_affiliate_partners_user ON affiliate_partners(user_id);
      CREATE INDEX IF NOT EXISTS idx_customer_loyalty_points_customer ON customer_loyalty_points(customer_id);
      """)
}
