/// The shop, day by day: customers, what they still will do, and the events on their way.
///
/// A day goes over all customers once; a customer who does nothing costs a hash and 16 bytes. What happens to one
/// customer on one day draws from a stream of its own, so the order of customers does not matter. Memory: the
/// customers, and the events of a few days.
struct Simulation: Sendable {
  static let microsecondsPerDay: Int64 = 86_400_000_000
  static let microsecondsPerHour: Int64 = 3_600_000_000
  static let second: Int64 = 1_000_000
  /// Asia/Dhaka is six hours ahead of UTC all year.
  static let zoneOffset: Int64 = 6 * 3600 * second

  let configuration: GeneratorConfiguration
  let shop: ShopParameters
  let season: Season
  let plan: CampaignPlan
  let hours = Hours()
  /// Midnight that opens the first day, and the one that closes the last.
  let origin: Int64
  let end: Int64

  var customers: [Customer] = []
  var clocks: [Clock] = []
  /// By day.
  private var pending = SlotRing<Pending>(horizon: 32)
  /// By hour of arrival.
  var arrivals = SlotRing<EventRecord>(horizon: 32 * 24)
  var day = 0
  private var due: [Pending] = []

  var counts = GeneratedCounts()
  var truth = TruthTally()
  /// Costs by campaign, in hundredths of a taka.
  var spent: [Int64]

  init(_ configuration: GeneratorConfiguration) throws(GeneratorError) {
    try configuration.check()
    self.configuration = configuration
    shop = configuration.shop
    season = Season(start: configuration.start, days: configuration.days)
    plan = CampaignPlan(
      seed: configuration.seed, start: configuration.start, season: season, customers: configuration.customers)
    origin = Int64(configuration.start.daysSince1970) * Self.microsecondsPerDay - Self.zoneOffset
    end = origin + Int64(configuration.days) * Self.microsecondsPerDay
    spent = Array(repeating: 0, count: plan.campaigns.count)
    customers.reserveCapacity(configuration.customers)
    clocks.reserveCapacity(configuration.customers)
    for index in 0..<configuration.customers {
      let (customer, clock) = Self.opening(index, configuration: configuration)
      customers.append(customer)
      clocks.append(clock)
    }
  }

  func midnight(of day: Int) -> Int64 { origin + Int64(day) * Self.microsecondsPerDay }

  /// The hour and the day of the window in which a time lies.
  func hourIndex(of time: Int64) -> Int { Int((time - origin) / Self.microsecondsPerHour) }
  func dayIndex(of time: Int64) -> Int { Int((time - origin) / Self.microsecondsPerDay) }

  /// Lets the next day happen.
  mutating func live() {
    let factors = season.days[day]
    let sendings = plan.sendings[day]
    let rate = configuration.rate
    for index in clocks.indices where clocks[index].joinDay <= day {
      clocks[index].untilPurchase -= factors.purchases
      let clock = clocks[index]
      let seed = Self.customerSeed(index, of: configuration.seed)
      let bits = Mix.hash(seed, UInt64(day))
      let visits = Double(clock.visitsPerDay) * rate
      let isVisiting = Mix.upperUniform(bits) < visits * factors.visits
      let seesAds = Mix.lowerUniform(bits) < visits * Self.adDaysPerVisit
      let buys = clock.untilPurchase <= 0
      let joins = clock.joinDay == day
      let isAssigned = configuration.holdoutShare != nil && (joins || day == 0)
      guard isVisiting || seesAds || buys || joins || isAssigned || !sendings.isEmpty else { continue }
      var customer = customers[index]
      var random = RandomStream(seed: bits)
      if isAssigned { assign(index, &customer) }
      if joins { join(index, &customer, &random) }
      for sending in sendings { receive(sending, index, &customer, &random) }
      if seesAds { seeAds(index, &customer, &random) }
      if isVisiting {
        // Above one visit a day the rest comes as whole visits.
        for _ in 0..<max(1, Int(visits * factors.visits)) { browse(index, &customer, &random) }
      }
      if buys { buy(index, &customer) }
      customers[index] = customer
    }
    pending.take(day, into: &due)
    for item in due {
      let index = Int(item.customer)
      var customer = customers[index]
      happen(item, index, &customer)
      customers[index] = customer
    }
    day += 1
  }

  /// Puts something off to its time, or does it now when that is today.
  mutating func later(_ item: Pending, _ index: Int, _ customer: inout Customer) {
    guard item.time < end else { return }
    let itsDay = dayIndex(of: item.time)
    if itsDay <= day {
      happen(item, index, &customer)
    } else {
      pending.append(item, in: itsDay)
    }
  }

  private mutating func happen(_ item: Pending, _ index: Int, _ customer: inout Customer) {
    var random = stream(of: index, at: item.time)
    switch item.kind {
    case .firstPurchase:
      buyFirst(at: item.time, index, &customer, &random)
    case .causedPurchase:
      guard customer.isBuying(on: day) else { return }
      purchase(at: item.time, cause: item.cause, index, &customer, &random)
    case .email:
      email(item.campaign, at: item.time, index, &customer, &random)
    }
  }

  /// The stream of what a customer does at a certain time.
  func stream(of index: Int, at time: Int64) -> RandomStream {
    RandomStream(seed: Mix.hash(~Self.customerSeed(index, of: configuration.seed), UInt64(bitPattern: time)))
  }

  /// A time at which a customer is active on a day.
  func activeTime(on day: Int, _ customer: Customer, _ random: inout RandomStream) -> Int64 {
    let season = season.days[min(day, season.days.count - 1)]
    let hour = hours.draw(
      first: customer.traits.firstPeak, second: customer.traits.secondPeak, on: season, &random)
    return midnight(of: day) + Int64(hour) * Self.microsecondsPerHour + Int64(random.below(3_600_000_000))
  }
}
