/// Writes the truth of a run as one JSON object, piece by piece: never more than some kilobytes are held.
///
/// In this order: `format`, the settings, `parameters` (`ShopParameters` by name), `touch_effects`, `season` (the
/// factors of each day), `purchases` (`[event id, cause]` in the order of the stream, the cause `organic` or a
/// channel), `campaigns`, `customers`, `channels`, with a holdout share `experiments`, and `totals`. Rates are per day,
/// amounts in taka, dates in Asia/Dhaka.
public struct TruthWriter {
  private let write: (RawSpan) throws -> Void
  private var text: [UInt8] = []
  private var isFirstPurchase = true
  private var activeHours: [Int: String] = [:]

  /// Starts the file.
  /// - Parameter write: takes the bytes, in order.
  public init(of generator: EventGenerator, write: @escaping (_ bytes: RawSpan) throws -> Void) throws {
    self.write = write
    let configuration = generator.configuration
    append(
      """
      {"format":"generator-truth-1","seed":\(configuration.seed),"customer_count":\(configuration.customers),\
      "days":\(configuration.days),"start":"\(configuration.start)","timezone":"Asia/Dhaka",\
      "rate":\(configuration.rate),
      "parameters":\(Self.object(configuration.shop.values)),
      "touch_effects":\(Self.object(configuration.shop.touchEffects.values)),
      "season":[
      """)
    for (offset, day) in generator.simulation.season.days.enumerated() {
      append(
        """
        \(offset == 0 ? "" : ",")
        {"date":"\(configuration.start + offset)","purchases":\(day.purchases),"visits":\(day.visits),\
        "ramadan":\(day.isRamadan)}
        """)
    }
    append("],\n\"purchases\":[")
    try flush()
  }

  /// Adds the purchases of a batch. Every batch of the run is to be added, in order.
  public mutating func append(_ batch: GeneratedBatch) throws {
    for purchase in batch.purchases {
      append(isFirstPurchase ? "\n[\"" : ",\n[\"")
      isFirstPurchase = false
      let id = batch.eventID(of: purchase)
      for offset in id.byteOffsets { text.append(id.unsafeLoad(fromByteOffset: offset, as: UInt8.self)) }
      append("\",\"\(purchase.cause?.name ?? "organic")\"]")
    }
    try flush()
  }

  /// Ends the file, when the generator has yielded its last batch.
  public mutating func finish(_ generator: EventGenerator) throws {
    append("],\n\"campaigns\":[")
    for (index, campaign) in generator.campaigns.enumerated() {
      append(index == 0 ? "\n" : ",\n")
      append(Self.row(campaign))
    }
    append("],\n\"customers\":[")
    let simulation = generator.simulation
    for index in simulation.customers.indices {
      append(index == 0 ? "\n" : ",\n")
      append(row(index, of: simulation))
      if text.count > 1 << 16 { try flush() }
    }
    append("],\n\"channels\":{")
    for (index, channel) in GeneratedChannel.allCases.enumerated() {
      let tally = generator.truth[channel]
      append(
        """
        \(index == 0 ? "" : ",")
        "\(channel.name)":{"touches":\(tally.touches),"incremental_purchases":\(tally.incrementalPurchases),\
        "incremental_revenue":\(Self.taka(tally.incrementalRevenue)),\
        "captured_purchases":\(tally.capturedPurchases)}
        """)
    }
    append("},\n")
    if let share = generator.configuration.holdoutShare { append(Self.experiments(generator.truth, share)) }
    let counts = generator.counts
    append(
      """
      "totals":{"purchases":\(generator.truth.purchases),"revenue":\(Self.taka(generator.truth.revenue)),\
      "organic_purchases":\(generator.truth.organicPurchases),\
      "organic_revenue":\(Self.taka(generator.truth.organicRevenue)),"produced":\(counts.produced),\
      "valid":\(counts.valid),"duplicates":\(counts.duplicates),"bad":\(counts.bad),"late":\(counts.late)}}

      """)
    try flush()
  }

  private mutating func append(_ part: String) { text.append(contentsOf: part.utf8) }

  private mutating func flush() throws {
    try write(text.span.bytes)
    text.removeAll(keepingCapacity: true)
  }

  private mutating func row(_ index: Int, of simulation: Simulation) -> String {
    let customer = simulation.customers[index]
    let traits = customer.traits
    let start = simulation.configuration.start
    func date(_ day: Int32) -> String { day == Customer.never ? "null" : "\"\(start + Int(day))\"" }
    let peaks = Int(traits.firstPeak) * 24 + Int(traits.secondPeak)
    let hours: String
    if let known = activeHours[peaks] {
      hours = known
    } else {
      let profile = Hours.profile(first: Int(traits.firstPeak), second: Int(traits.secondPeak))
      hours = profile.map { "\(Float($0))" }.joined(separator: ",")
      activeHours[peaks] = hours
    }
    return """
      {"customer_id":"\(simulation.customerID(index))","joined_on":"\(start + traits.joinDay)",\
      "prospect":\(traits.isProspect),"purchase_rate":\(traits.purchaseRate),\
      "dropout_probability":\(traits.dropoutProbability),"first_purchase_on":\(date(customer.firstPurchaseDay)),\
      "dropped_out_on":\(date(customer.dropoutDay)),\
      "mean_amount":\(simulation.shop.p / traits.spendRate),"organic_purchases":\(customer.organicPurchases),\
      "caused_purchases":\(customer.causedPurchases),"persuadability":\(traits.persuadability),\
      "visits_per_day":\(traits.visitsPerDay),"engagement":{"email_open":\(traits.emailOpen),\
      "sms_click":\(traits.smsClick),"push_open":\(traits.pushOpen),"ad_click":\(traits.adClick)},\
      "reachable":{"email":\(traits.emailConsent),"sms":\(traits.smsConsent),"push":\(traits.hasApp)},\
      "carrier":"\(Population.carriers.name(Int(traits.carrier)))",\
      "device":"\(Population.devices.name(Int(traits.device)))",\
      "location":"\(Population.locations.name(Int(traits.location)))",\
      "peak_hours":[\(traits.firstPeak),\(traits.secondPeak)],"active_hours":[\(hours)]}
      """
  }

  // Names and subjects come from this module's tables and hold nothing that JSON escapes.
  private static func row(_ campaign: GeneratedCampaign) -> String {
    func quoted(_ text: String?) -> String { text.map { "\"\($0)\"" } ?? "null" }
    let variants = campaign.variants.map { "{\"name\":\"\($0.name)\",\"engagement_effect\":\($0.engagementEffect)}" }
    return """
      {"id":"\(campaign.id)","name":"\(campaign.name)","name_bn":"\(campaign.nameBangla)",\
      "channel":"\(campaign.channel.name)","type":"\(campaign.type)","objective":"\(campaign.objective)",\
      "start":"\(campaign.start)","end":"\(campaign.end)","budget":\(taka(campaign.budget)),\
      "spent":\(taka(campaign.spent)),"email_campaign_id":\(quoted(campaign.emailCampaignID)),\
      "sms_campaign_id":\(quoted(campaign.smsCampaignID)),"variants":[\(variants.joined(separator: ","))]}
      """
  }

  /// What each experiment should find: purchases and taka that the channel caused per treated customer.
  private static func experiments(_ truth: TruthTally, _ share: Double) -> String {
    let rows = GeneratedChannel.allCases.filter(\.isWithholdable).map { channel in
      let tally = truth[channel]
      let treated = Double(max(1, tally.treated))
      return """
        {"experiment":"\(channel.name)_holdout","channel":"\(channel.name)","treated":\(tally.treated),\
        "held_out":\(tally.heldOut),"expected_lift":{"purchases":\(Double(tally.incrementalPurchases) / treated),\
        "revenue":\(Double(tally.incrementalRevenue) / 100 / treated)}}
        """
    }
    return "\"holdout_share\":\(share),\n\"experiments\":[\n\(rows.joined(separator: ",\n"))],\n"
  }

  private static func object(_ values: [(name: String, value: Double)]) -> String {
    "{" + values.map { "\"\($0.name)\":\($0.value)" }.joined(separator: ",") + "}"
  }

  private static func taka(_ minor: Int64) -> String { "\(minor / 100).\(minor % 100 < 10 ? "0" : "")\(minor % 100)" }
}
