/// What is true of a customer, drawn once from the seed and the customer's number and never changed.
package struct CustomerTraits: Sendable {
  /// Purchases per day at a seasonal factor of 1, and the probability of dropping out after a repeat purchase.
  package var purchaseRate: Double
  package var dropoutProbability: Double
  /// Rate of the gamma distribution of amounts; the mean amount is p divided by it.
  package var spendRate: Double
  package var isProspect: Bool
  /// Days from the first day of the window to joining; negative for those who were there before.
  package var joinDay: Int
  package var persuadability: Float
  package var visitsPerDay: Float
  package var emailOpen: Float
  package var smsClick: Float
  package var pushOpen: Float
  package var adClick: Float
  package var emailConsent: Bool
  package var smsConsent: Bool
  package var hasApp: Bool
  package var isMember: Bool
  package var readsBangla: Bool
  package var location: UInt8
  package var device: UInt8
  package var carrier: UInt8
  package var category: UInt8
  /// Hours of the two peaks of activity.
  package var firstPeak: UInt8
  package var secondPeak: UInt8

  package init(seed: UInt64, shop: ShopParameters, days: Int) {
    var random = RandomStream(seed: Mix.hash(seed, 0x7EA1_7500))
    purchaseRate = random.gamma(shape: shop.r) / shop.alpha
    dropoutProbability = random.beta(shop.a, shop.b)
    spendRate = random.gamma(shape: shop.q) / shop.gamma
    isProspect = random.chance(shop.prospectShare)
    let isExisting = random.chance(shop.existingShare)
    let tenure = random.below(shop.longestTenure) + 1
    let entry = random.below(days)
    joinDay = isExisting ? -tenure : entry
    persuadability = Float(random.gamma(shape: 2) / 2)
    visitsPerDay = Float(random.gamma(shape: shop.visitShape) / shop.visitRate)
    emailOpen = Float(random.beta(shop.emailOpen.a, shop.emailOpen.b))
    smsClick = Float(random.beta(shop.smsClick.a, shop.smsClick.b))
    pushOpen = Float(random.beta(shop.pushOpen.a, shop.pushOpen.b))
    adClick = Float(random.beta(shop.adClick.a, shop.adClick.b))
    emailConsent = random.chance(shop.emailConsent)
    smsConsent = random.chance(shop.smsConsent)
    hasApp = random.chance(shop.appShare)
    isMember = random.chance(shop.loyaltyShare)
    readsBangla = random.chance(0.5)
    location = UInt8(Population.locations.draw(&random))
    device = UInt8(Population.devices.draw(&random))
    carrier = UInt8(Population.carriers.draw(&random))
    category = UInt8(random.below(Population.categories.count))
    firstPeak = Self.peak(&random)
    secondPeak = Self.peak(&random)
  }

  /// Evening, lunch, morning or night.
  private static func peak(_ random: inout RandomStream) -> UInt8 {
    switch random.below(20) {
    case 0..<10: UInt8(20 + random.below(3))
    case 10..<14: UInt8(12 + random.below(3))
    case 14..<18: UInt8(8 + random.below(3))
    default: UInt8((23 + random.below(3)) % 24)
    }
  }
}

/// A customer as the days go by.
struct Customer: Sendable {
  static let never = Int32.max

  let traits: CustomerTraits
  var firstPurchaseDay = Customer.never
  var lastPurchaseDay = Customer.never
  /// The day of the last organic purchase, after which there is none; `never` while the customer is alive.
  var dropoutDay = Customer.never
  /// Times from which nothing more is sent (microseconds since 1970) and of the last sending.
  var emailStop: Int64
  var smsStop: Int64
  var lastEmail = Int64.min
  var lastSMS = Int64.min
  var lastClick = Int64.min
  var lastClickCampaign: Int16 = -1
  /// Events so far, orders so far.
  var events: UInt32 = 0
  var orders: UInt32 = 0
  var points: Int32 = 0
  var organicPurchases: UInt32 = 0
  var causedPurchases: UInt32 = 0
  /// The channels that are withheld, a bit for each raw value.
  private var withheld: UInt8 = 0

  init(traits: CustomerTraits) {
    self.traits = traits
    emailStop = traits.emailConsent ? .max : .min
    smsStop = traits.smsConsent ? .max : .min
  }

  /// Whether a purchase can be caused on a day: from the day after the first purchase to the day of dropping out.
  func isBuying(on day: Int) -> Bool { firstPurchaseDay < day && day <= dropoutDay }

  func hasDroppedOut(by day: Int) -> Bool { dropoutDay < day }

  mutating func withhold(_ channel: GeneratedChannel) { withheld |= 1 << channel.rawValue }

  func isWithheld(_ channel: GeneratedChannel) -> Bool { withheld >> channel.rawValue & 1 == 1 }
}

/// What every customer is asked every day, kept apart from the rest so that a day without events touches 16 bytes.
struct Clock: Sendable {
  /// Seasonal days until the next organic purchase; infinite before the first one and after dropping out.
  var untilPurchase: Double
  var visitsPerDay: Float
  var joinDay: Int32
}

extension Simulation {
  /// Customers as they are when the window opens: those who were there before have bought and perhaps dropped out
  /// by the same law, at a seasonal factor of 1.
  static func opening(_ index: Int, configuration: GeneratorConfiguration) -> (Customer, Clock) {
    let shop = configuration.shop
    let seed = customerSeed(index, of: configuration.seed)
    let traits = CustomerTraits(seed: seed, shop: shop, days: configuration.days)
    var customer = Customer(traits: traits)
    var clock = Clock(
      untilPurchase: .infinity, visitsPerDay: traits.visitsPerDay, joinDay: Int32(traits.joinDay))
    guard traits.joinDay < 0, !traits.isProspect else { return (customer, clock) }
    var random = RandomStream(seed: Mix.hash(seed, 0x0DD5_7A27))
    customer.firstPurchaseDay = clock.joinDay
    var time = Double(traits.joinDay)
    while true {
      let next = time + random.exponential(mean: 1 / traits.purchaseRate)
      if next >= 0 {
        customer.lastPurchaseDay = Int32(time.rounded(.down))
        clock.untilPurchase = next
        return (customer, clock)
      }
      time = next
      if random.chance(traits.dropoutProbability) {
        customer.lastPurchaseDay = Int32(time.rounded(.down))
        customer.dropoutDay = customer.lastPurchaseDay
        clock.visitsPerDay *= Float(shop.visitsAfterDropout)
        return (customer, clock)
      }
    }
  }

  @inline(__always)
  static func customerSeed(_ index: Int, of seed: UInt64) -> UInt64 {
    Mix.hash(Mix.splitMix(seed), UInt64(index))
  }

  @inline(__always)
  static func customerUUID(_ index: Int, of seed: UInt64) -> (high: UInt64, low: UInt64) {
    let seed = customerSeed(index, of: seed)
    return (Mix.splitMix(seed), Mix.splitMix(~seed))
  }

  func customerID(_ index: Int) -> String {
    let (high, low) = Self.customerUUID(index, of: configuration.seed)
    return UUIDText.string(high: high, low: low)
  }
}
