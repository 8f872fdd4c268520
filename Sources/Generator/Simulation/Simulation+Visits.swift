/// Joining, visits, ads and purchases.
extension Simulation {
  /// Days on which ads are shown, per visit: who visits often is shown more, which is why clicks on ads and
  /// purchases go together even where ads cause nothing.
  static let adDaysPerVisit = 0.9

  private static let browsingEntries: [(GeneratedChannel, Int)] = [
    (.direct, 46), (.organicSearch, 34), (.paidSearch, 7), (.socialMedia, 7), (.affiliate, 6),
  ]
  /// Who is about to buy comes through brand search and coupon sites more often: these get credit they do not earn.
  private static let buyingEntries: [(GeneratedChannel, Int)] = [
    (.direct, 48), (.organicSearch, 33), (.paidSearch, 10), (.affiliate, 6), (.socialMedia, 3),
  ]
  private static let joiningEntries: [(GeneratedChannel, Int)] = [
    (.organicSearch, 30), (.socialMedia, 25), (.direct, 20), (.paidSearch, 15), (.affiliate, 10),
  ]

  mutating func join(_ index: Int, _ customer: inout Customer, _ random: inout RandomStream) {
    let time = activeTime(on: day, customer, &random)
    let channel = enter(Self.joiningEntries, at: time, influencing: false, index, &customer, &random)
    let signup = time + seconds(60, 300, &random)
    emit(.signup, at: signup, index, &customer, on: customer.way(by: channel))
    if customer.traits.isMember {
      customer.points += 500
      emit(.loyaltyEarned, at: signup + Self.second, index, &customer, on: nil, amount: 500)
    }
    let welcome = CampaignPlan.Standing.welcome.rawValue
    later(
      Pending(
        time: signup + seconds(120, 240, &random), customer: UInt32(index), campaign: welcome, kind: .email,
        cause: .email), index, &customer)
    guard !customer.traits.isProspect else { return }
    // More than half buy at once, the others within three days.
    let bought =
      random.chance(0.55)
      ? signup + seconds(300, 2400, &random) : activeTime(on: day + 1 + random.below(3), customer, &random)
    later(
      Pending(time: bought, customer: UInt32(index), campaign: -1, kind: .firstPurchase, cause: .direct), index,
      &customer)
  }

  /// The first purchase starts the clock of BG/NBD: it runs from the next day on.
  mutating func buyFirst(
    at time: Int64, _ index: Int, _ customer: inout Customer, _ random: inout RandomStream
  ) {
    customer.firstPurchaseDay = Int32(day)
    clocks[index].untilPurchase = random.exponential(mean: 1 / customer.traits.purchaseRate)
    purchase(at: time, cause: nil, index, &customer, &random)
  }

  /// Organic purchases: as long as the clock is past due, and until dropping out.
  ///
  /// They have a stream of their own, so that they happen, to the microsecond and the paisa, whatever else does: with
  /// every effect switched off they are all that is left.
  mutating func buy(_ index: Int, _ customer: inout Customer) {
    let seed = Self.customerSeed(index, of: configuration.seed)
    var random = RandomStream(seed: Mix.hash(seed &+ Mix.golden, UInt64(day)))
    while clocks[index].untilPurchase <= 0 {
      purchase(at: activeTime(on: day, customer, &random), cause: nil, index, &customer, &random)
      if random.chance(customer.traits.dropoutProbability) {
        customer.dropoutDay = Int32(day)
        clocks[index].untilPurchase = .infinity
        clocks[index].visitsPerDay *= Float(shop.visitsAfterDropout)
      } else {
        clocks[index].untilPurchase += random.exponential(mean: 1 / customer.traits.purchaseRate)
      }
    }
  }

  /// A visit that ends with a purchase, begun some minutes before it.
  mutating func purchase(
    at time: Int64, cause: GeneratedChannel?, _ index: Int, _ customer: inout Customer,
    _ random: inout RandomStream
  ) {
    let midnight = midnight(of: day)
    let steps = Int64(2 + random.geometric(success: 0.5, limit: 3))
    let step = min(seconds(20, 240, &random), (time - midnight) / (steps + 1))
    var now = time - step * steps
    _ = enter(Self.buyingEntries, at: now, influencing: false, index, &customer, &random)
    for _ in 2..<steps {
      now += step
      emit(.pageView, at: now, index, &customer, on: nil)
    }
    customer.orders += 1
    if random.chance(0.85) { emit(.cartAdded, at: time - step, index, &customer, on: nil) }

    let taka = random.gamma(shape: shop.p) / customer.traits.spendRate
    let amount = max(100, Int64((min(taka, 1e9) * 100).rounded(.toNearestOrEven)))
    // Drawn in any case: what follows must not depend on the points.
    let isRedeeming = random.chance(0.12)
    if isRedeeming && customer.points >= 1000 {
      let points = min(customer.points, 5000, Int32(clamping: max(100, amount / 200)))
      customer.points -= points
      emit(.loyaltyRedeemed, at: time - 1, index, &customer, on: nil, amount: Int64(points))
    }
    let clickAge = customer.lastClick == .min ? .max : time - customer.lastClick
    let isAttributed = clickAge >= 0 && clickAge <= Self.microsecondsPerDay
    let campaign = isAttributed ? customer.lastClickCampaign : -1
    let channel = campaign >= 0 ? plan.campaigns[Int(campaign)].channel : nil
    customer.lastPurchaseDay = Int32(day)
    guard emit(.purchase, at: time, index, &customer, on: channel, campaign: campaign, amount: amount, cause: cause)
    else { return }
    truth.purchased(amount, cause: cause, lastClick: channel)
    if cause == nil { customer.organicPurchases += 1 } else { customer.causedPurchases += 1 }
    if customer.traits.isMember {
      let points = max(1, amount / 100)
      customer.points += Int32(clamping: min(points, 100_000))
      emit(.loyaltyEarned, at: time + seconds(1, 5, &random), index, &customer, on: nil, amount: points)
    }
  }

  /// A visit that ends without a purchase.
  mutating func browse(_ index: Int, _ customer: inout Customer, _ random: inout RandomStream) {
    var now = activeTime(on: day, customer, &random)
    let channel = enter(Self.browsingEntries, at: now, influencing: true, index, &customer, &random)
    for _ in 0..<random.geometric(success: 0.5, limit: 6) {
      now += seconds(15, 120, &random)
      emit(.pageView, at: now, index, &customer, on: nil)
    }
    guard random.chance(0.14) else { return }
    now += seconds(15, 120, &random)
    emit(.cartAdded, at: now, index, &customer, on: nil)
    // Only carts of visits that no campaign brought are followed up: so an e-mail is never the effect of another
    // channel, nor of its being withheld.
    guard channel == .direct || channel == .organicSearch, random.chance(0.6) else { return }
    let reminder = now + seconds(3 * 3600, 4 * 3600, &random)
    later(
      Pending(
        time: reminder, customer: UInt32(index), campaign: CampaignPlan.Standing.abandonedCart.rawValue,
        kind: .email, cause: .email), index, &customer)
  }

  mutating func seeAds(_ index: Int, _ customer: inout Customer, _ random: inout RandomStream) {
    guard !customer.isWithheld(.socialMedia) else { return }
    let isRetargeted = customer.firstPurchaseDay <= day && random.chance(0.7)
    let campaign = (isRetargeted ? CampaignPlan.Standing.socialRetargeting : .socialAwareness).rawValue
    for _ in 0..<1 + random.poisson(mean: 0.6) {
      let time = activeTime(on: day, customer, &random)
      guard emit(.adImpression, at: time, index, &customer, on: .socialMedia, campaign: campaign) else { return }
      if random.chance(min(0.95, Double(customer.traits.adClick) * variantEffect(campaign, index))) {
        let clicked = time + seconds(2, 30, &random)
        arrive(.socialMedia, campaign, at: clicked, influencing: true, index, &customer, &random)
      }
    }
  }

  /// The way into the shop: an ad or a partner's link before the page, where the channel is one. The answer is the
  /// channel, also where it is withheld and the customer comes directly instead.
  ///
  /// - Parameter influencing: false when the customer is on the way to a purchase or to joining: then the click
  ///   catches what would have happened anyway and causes nothing.
  private mutating func enter(
    _ entries: [(GeneratedChannel, Int)], at time: Int64, influencing: Bool, _ index: Int,
    _ customer: inout Customer, _ random: inout RandomStream
  ) -> GeneratedChannel {
    var rest = random.below(100)
    var channel = GeneratedChannel.direct
    for (candidate, weight) in entries {
      channel = candidate
      if rest < weight { break }
      rest -= weight
    }
    let way = customer.way(by: channel)
    let campaign: Int16 =
      switch way {
      case .paidSearch: CampaignPlan.Standing.brandSearch.rawValue
      case .socialMedia: CampaignPlan.Standing.socialRetargeting.rawValue
      case .affiliate: CampaignPlan.Standing.affiliates.rawValue
      default: -1
      }
    arrive(way, campaign, at: time, influencing: influencing, index, &customer, &random)
    return channel
  }

  private mutating func arrive(
    _ channel: GeneratedChannel, _ campaign: Int16, at time: Int64, influencing: Bool, _ index: Int,
    _ customer: inout Customer, _ random: inout RandomStream
  ) {
    var landed = time
    let effect: Double? =
      switch channel {
      case .paidSearch: shop.touchEffects.searchClicked
      case .socialMedia: shop.touchEffects.socialClicked
      case .affiliate: shop.touchEffects.affiliateClicked
      default: nil
      }
    if let effect {
      let type = channel == .affiliate ? GeneratedEventType.affiliateClick : .adClick
      emit(type, at: time, index, &customer, on: channel, campaign: campaign)
      customer.clicked(campaign, at: time)
      if influencing { influence(effect, channel, at: time, index, &customer, &random) }
      landed += Self.second
    }
    emit(.pageView, at: landed, index, &customer, on: channel, campaign: campaign)
  }
}
