/// Randomised experiments: from a share of the customers whom a channel reaches it is withheld, so that what the others
/// buy more is what it causes.
extension Simulation {
  /// Puts a customer into a group of every channel that can reach him: with the midnight that opens his first day,
  /// before anything else of the window happens to him.
  ///
  /// Hashes decide, no stream: a channel's groups know nothing of another's, and without experiments every event stays
  /// as it is. Who stops reading later stays in his group.
  mutating func assign(_ index: Int, _ customer: inout Customer) {
    guard let share = configuration.holdoutShare else { return }
    let seed = Mix.hash(Self.customerSeed(index, of: configuration.seed), 0x401D_0075)
    for channel in GeneratedChannel.allCases where customer.traits.isReachable(by: channel) {
      let isHeldOut = Mix.upperUniform(Mix.hash(seed, UInt64(channel.rawValue))) < share
      if isHeldOut { customer.withhold(channel) }
      truth.assigned(channel, isHeldOut: isHeldOut)
      emit(.experimentAssigned, at: midnight(of: day), index, &customer, on: channel)
    }
  }
}

extension CustomerTraits {
  /// Whether a channel that the shop can withhold reaches the customer at all: by consent, by the app, or, as ads and
  /// partners' links do, anybody.
  fileprivate func isReachable(by channel: GeneratedChannel) -> Bool {
    switch channel {
    case .email: emailConsent
    case .sms: smsConsent
    case .pushNotification: hasApp
    default: channel.isWithholdable
    }
  }
}

extension Customer {
  /// How the customer comes who would have come by a channel: directly when it is withheld.
  func way(by channel: GeneratedChannel) -> GeneratedChannel { isWithheld(channel) ? .direct : channel }
}

extension GeneratedChannel {
  /// Whether the shop can decide whom it reaches: nobody can be kept from coming on his own or from searching.
  var isWithholdable: Bool { self != .direct && self != .organicSearch }
}
