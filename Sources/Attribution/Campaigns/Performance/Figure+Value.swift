import Journeys

extension Figure {
  /// Nil for a rate of nothing and for what is not known.
  public func value(of row: EntityFigures) -> Value? {
    switch self {
    case .size: row.size.map { .count($0) }
    case .growthRate: row.growth.map { .share($0) }
    case .commission: row.commission.map { .money($0) }
    case .cost: row.cost.map { .money($0) }
    case .earningsPerClick: Self.price(row.commission, for: row.counts.clicked)
    case .costPerSMS: Self.price(row.cost, for: row.counts.sent)
    case .costPerClick: Self.price(row.spend, for: row.counts.clicked)
    case .costPerAcquisition: Self.price(row.spend, for: row.counts.conversions)
    case .customerAcquisitionCost: Self.price(row.spend, for: row.counts.newCustomers)
    case .returnOnAdSpend:
      row.spend.flatMap { $0 > 0 ? .ratio(Double(row.counts.revenue) / Double($0)) : nil }
    case .roi:
      row.spend.flatMap { $0 > 0 ? .ratio(Double(row.counts.revenue &- $0) / Double($0)) : nil }
    default: value(of: row.counts)
    }
  }

  /// Of counts alone; nil for what needs more.
  public func value(of counts: EntityCounts) -> Value? {
    switch self {
    case .activeCustomers: .count(counts.active)
    case .reach: .count(counts.reach)
    case .recipients: .count(counts.recipients)
    case .sent: .count(counts.sent)
    case .delivered: .count(counts.delivered)
    case .bounced, .failed: .count(counts.bounced)
    case .impressions: .count(counts.impressions)
    case .opened: .count(counts.opened)
    case .uniqueOpens: .count(counts.openers)
    case .clicked: .count(counts.clicked)
    case .uniqueClicks: .count(counts.clickers)
    case .unsubscribed, .optOuts: .count(counts.unsubscribed)
    case .conversions: .count(counts.conversions)
    case .buyers: .count(counts.buyers)
    case .newCustomers: .count(counts.newCustomers)
    case .revenue: .money(counts.revenue)
    case .revenuePerMessage: Self.price(counts.revenue, for: counts.sent)
    case .averageOrderValue: Self.price(counts.revenue, for: counts.conversions)
    case .activeMembers: .count(counts.active)
    case .pointsIssued: .count(Int(counts.pointsIssued))
    case .pointsRedeemed: .count(Int(counts.pointsRedeemed))
    case .redemptionRate:
      counts.pointsIssued > 0 ? .share(Double(counts.pointsRedeemed) / Double(counts.pointsIssued)) : nil
    default: rate(of: counts)?.value.map { .share($0) }
    }
  }

  /// Numerator and denominator of a share; nil for other figures, and for deliveries that nobody reported.
  package func rate(of counts: EntityCounts) -> Share? {
    switch self {
    case .deliveryRate: counts.delivered > 0 ? Share(counts.delivered, of: counts.sent) : nil
    case .bounceRate: Share(counts.bounced, of: counts.sent)
    case .openRate: Share(counts.opened, of: counts.arrived)
    case .uniqueOpenRate: Share(counts.openers, of: counts.reach)
    case .clickRate: Share(counts.clicked, of: counts.sent > 0 ? counts.sent : counts.impressions)
    case .uniqueClickRate: Share(counts.clickers, of: counts.reach)
    case .clickToOpenRate: Share(counts.clicked, of: counts.opened)
    case .unsubscribeRate, .optOutRate: Share(counts.unsubscribed, of: counts.arrived)
    case .conversionRate: Share(counts.conversions, of: counts.sent > 0 ? counts.sent : counts.clicked)
    case .clickToConversionRate: Share(counts.conversions, of: counts.clicked)
    default: nil
    }
  }

  /// So many to so many. Unlike a `Rate` it can pass 1: a message may be opened twice.
  package struct Share: Sendable, Equatable {
    package let part: Int
    package let whole: Int

    package init(_ part: Int, of whole: Int) {
      self.part = part
      self.whole = whole
    }

    /// Nil of nothing.
    package var value: Double? { whole > 0 ? Double(part) / Double(whole) : nil }
  }

  /// - Parameter money: minor units.
  private static func price(_ money: Int64?, for count: Int) -> Value? {
    guard let money, count > 0 else { return nil }
    return .price(Double(money) / Double(Money.minorPerMajor) / Double(count))
  }
}

extension EntityCounts {
  /// What customers can have seen: deliveries or, where the channel reports none, what was sent.
  package var arrived: Int { delivered > 0 ? delivered : sent }
}
