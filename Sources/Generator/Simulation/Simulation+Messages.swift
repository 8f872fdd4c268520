/// E-mails, SMS and push messages, from sending to what they lead to.
extension Simulation {
  mutating func receive(
    _ sending: CampaignPlan.Sending, _ index: Int, _ customer: inout Customer, _ random: inout RandomStream
  ) {
    let isMeant =
      switch sending.audience {
      case .everyone: true
      case .inactive: customer.lastPurchaseDay != Customer.never && Int(customer.lastPurchaseDay) < day - 45
      case .members: customer.traits.isMember
      }
    guard isMeant else { return }
    let reach = sending.reach * configuration.rate
    var messages = Int(reach)
    if random.chance(reach - Double(messages)) { messages += 1 }
    for _ in 0..<messages {
      // A campaign goes out over forty minutes; every tenth message at a random hour from 8 to 21, so that the best
      // hour to send can be learnt.
      var minute = sending.minute + random.below(40)
      if random.chance(0.1) { minute = 8 * 60 + random.below(14 * 60) }
      let time = midnight(of: day) + Int64(minute) * 60 * Self.second + Int64(random.below(60_000)) * 1000
      switch sending.channel {
      case .email: email(sending.campaign, at: time, index, &customer, &random)
      case .sms: sms(sending.campaign, at: time, index, &customer, &random)
      default: push(sending.campaign, at: time, index, &customer, &random)
      }
    }
  }

  mutating func email(
    _ campaign: Int16, at time: Int64, _ index: Int, _ customer: inout Customer, _ random: inout RandomStream
  ) {
    guard time < customer.emailStop, !customer.isWithheld(.email),
      emit(.emailSent, at: time, index, &customer, on: .email, campaign: campaign)
    else { return }
    customer.lastEmail = max(customer.lastEmail, time)
    let fate = random.uniform()
    let answered = time + seconds(1, 40, &random)
    if fate < 0.03 {
      emit(.emailBounced, at: answered, index, &customer, on: .email, campaign: campaign)
      // A hard bounce: there is no such address.
      if fate < 0.005 && customer.lastEmail < answered { customer.emailStop = min(customer.emailStop, answered) }
      return
    }
    emit(.emailDelivered, at: answered, index, &customer, on: .email, campaign: campaign)
    let probability = engagement(customer.traits.emailOpen, campaign, at: time, index, customer)
    guard random.chance(probability) else { return }
    let opened = attention(after: answered, customer, &random)
    emit(.emailOpened, at: opened, index, &customer, on: .email, campaign: campaign)
    influence(shop.touchEffects.emailOpened, .email, at: opened, index, &customer, &random)
    if random.chance(shop.emailClickGivenOpen) {
      let clicked = opened + seconds(5, 90, &random)
      click(.emailClicked, .email, campaign, at: clicked, index, &customer, &random)
      influence(shop.touchEffects.emailClicked, .email, at: clicked, index, &customer, &random)
    }
    if random.chance(0.008) && customer.emailStop == .max {
      let stopped = opened + seconds(100, 300, &random)
      if customer.lastEmail < stopped {
        emit(.emailUnsubscribed, at: stopped, index, &customer, on: .email, campaign: campaign)
        customer.emailStop = stopped
      }
    }
  }

  mutating func sms(
    _ campaign: Int16, at time: Int64, _ index: Int, _ customer: inout Customer, _ random: inout RandomStream
  ) {
    guard time < customer.smsStop, !customer.isWithheld(.sms),
      emit(.smsSent, at: time, index, &customer, on: .sms, campaign: campaign)
    else { return }
    customer.lastSMS = max(customer.lastSMS, time)
    let answered = time + seconds(1, 15, &random)
    if random.chance(0.018) {
      emit(.smsFailed, at: answered, index, &customer, on: .sms, campaign: campaign)
      return
    }
    emit(.smsDelivered, at: answered, index, &customer, on: .sms, campaign: campaign)
    influence(shop.touchEffects.smsDelivered, .sms, at: answered, index, &customer, &random)
    if random.chance(engagement(customer.traits.smsClick, campaign, at: time, index, customer)) {
      let clicked = attention(after: answered, customer, &random)
      click(.smsClicked, .sms, campaign, at: clicked, index, &customer, &random)
      influence(shop.touchEffects.smsClicked, .sms, at: clicked, index, &customer, &random)
    }
    if random.chance(0.004) && customer.smsStop == .max {
      let stopped = answered + seconds(60, 3600, &random)
      if customer.lastSMS < stopped {
        emit(.smsOptedOut, at: stopped, index, &customer, on: .sms, campaign: campaign)
        customer.smsStop = stopped
      }
    }
  }

  mutating func push(
    _ campaign: Int16, at time: Int64, _ index: Int, _ customer: inout Customer, _ random: inout RandomStream
  ) {
    guard customer.traits.hasApp, !customer.isWithheld(.pushNotification),
      emit(.pushSent, at: time, index, &customer, on: .pushNotification, campaign: campaign),
      random.chance(engagement(customer.traits.pushOpen, campaign, at: time, index, customer))
    else { return }
    let opened = attention(after: time, customer, &random)
    click(.pushOpened, .pushNotification, campaign, at: opened, index, &customer, &random)
    influence(shop.touchEffects.pushOpened, .pushNotification, at: opened, index, &customer, &random)
  }

  /// The probability that a message is answered: the customer's own, more at the hours of activity, times the effect
  /// of the variant, less after dropping out.
  private func engagement(
    _ own: Float, _ campaign: Int16, at time: Int64, _ index: Int, _ customer: Customer
  ) -> Double {
    let hour = Int((time - origin) % Self.microsecondsPerDay / Self.microsecondsPerHour)
    let activity = hours.relativeActivity(
      first: customer.traits.firstPeak, second: customer.traits.secondPeak, hour: hour)
    let dropped = customer.hasDroppedOut(by: day) ? shop.engagementAfterDropout : 1
    return min(0.95, Double(own) * (0.5 + 0.5 * min(activity, 3)) * variantEffect(campaign, index) * dropped)
  }

  /// When a message is looked at: most within the hour, the others when the customer is next active.
  private func attention(after time: Int64, _ customer: Customer, _ random: inout RandomStream) -> Int64 {
    if random.chance(0.65) { return time + Int64(random.exponential(mean: 2400) * 1_000_000) }
    let today = activeTime(on: dayIndex(of: time), customer, &random)
    return today > time ? today : today + Self.microsecondsPerDay
  }

  /// A click or opening that leads to the shop.
  private mutating func click(
    _ type: GeneratedEventType, _ channel: GeneratedChannel, _ campaign: Int16, at time: Int64, _ index: Int,
    _ customer: inout Customer, _ random: inout RandomStream
  ) {
    emit(type, at: time, index, &customer, on: channel, campaign: campaign)
    customer.clicked(campaign, at: time)
    let landed = time + seconds(1, 4, &random)
    emit(.pageView, at: landed, index, &customer, on: channel, campaign: campaign)
    if random.chance(0.4) {
      emit(.pageView, at: landed + seconds(10, 90, &random), index, &customer, on: nil)
    }
  }

  /// A touch may cause a purchase later. What a customer would have bought anyway is not touched by it.
  mutating func influence(
    _ effect: Double, _ channel: GeneratedChannel, at time: Int64, _ index: Int, _ customer: inout Customer,
    _ random: inout RandomStream
  ) {
    guard time < end else { return }
    truth.touched(channel)
    guard random.chance(effect * Double(customer.traits.persuadability) / configuration.rate) else { return }
    // From a stream of its own: what else the customer does today is not to depend on whether the touch works.
    var delay = stream(of: index, at: time)
    let days = min(delay.exponential(mean: shop.effectDelay), shop.longestEffect)
    let caused = time + Int64(days * 86_400) * Self.second + seconds(60, 120, &delay)
    later(
      Pending(time: caused, customer: UInt32(index), campaign: -1, kind: .causedPurchase, cause: channel), index,
      &customer)
  }

  func seconds(_ from: Int, _ to: Int, _ random: inout RandomStream) -> Int64 {
    Int64(from) * Self.second + Int64(random.below((to - from) * 1000)) * 1000
  }
}

extension Customer {
  mutating func clicked(_ campaign: Int16, at time: Int64) {
    guard time >= lastClick else { return }
    lastClick = time
    lastClickCampaign = campaign
  }
}
