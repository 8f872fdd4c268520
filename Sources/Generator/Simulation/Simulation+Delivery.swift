extension Simulation {
  /// The longest that a late or second delivery lies behind, in days, rounded up: what is still on its way when the
  /// last day is over.
  static let longestDelay = 3

  /// Puts an event on its way, unless the window closes before it: then it does not happen, and the answer is false.
  ///
  /// It arrives after some latency; a share of the events arrives late, a share a second time, and beside a share
  /// goes one that breaks a rule. A hash of the event decides, no stream: these shares change no other event.
  @discardableResult
  mutating func emit(
    _ type: GeneratedEventType, at time: Int64, _ index: Int, _ customer: inout Customer,
    on channel: GeneratedChannel?, campaign: Int16 = -1, amount: Int64 = 0, cause: GeneratedChannel? = nil
  ) -> Bool {
    guard time < end else { return false }
    let seed = Self.customerSeed(index, of: configuration.seed)
    let bits = Mix.hash(seed ^ Mix.golden, UInt64(customer.events))
    // One in sixteen comes from a telephone that was offline for up to a minute, the others within a second.
    let latency = Int64(bits >> 44)
    var delay = bits & 0xF == 0 ? latency * 60 : latency
    counts.valid += 1
    counts.validByType[Int(type.rawValue)] += 1
    if Mix.lowerUniform(bits) < configuration.lateShare {
      counts.late += 1
      // 10 to 20 minutes, doubled up to seven times.
      let doublings = Int64(bits >> 40 & 7)
      delay = (600 * Self.second + latency * 500) << doublings
    }
    if campaign >= 0 { spent[Int(campaign)] += type.cost(on: channel) }
    let traits = customer.traits
    var flags = Self.isVariantB(campaign, seed: seed) ? UInt8(1) : 0
    if traits.readsBangla { flags |= 2 }
    if let channel, customer.isWithheld(channel) { flags |= 4 }
    var record = EventRecord(
      arrival: time + delay, timestamp: time, amount: amount, customer: UInt32(index), ordinal: customer.events,
      order: customer.orders, campaign: campaign, type: type.rawValue, channel: channel?.rawValue ?? EventRecord.none,
      cause: cause?.rawValue ?? EventRecord.none, delivery: 0, device: traits.device, location: traits.location,
      carrier: traits.carrier, category: traits.category, flags: flags)
    customer.events += 1
    arrivals.append(record, in: hourIndex(of: record.arrival))

    let fate = Mix.splitMix(bits)
    if Mix.upperUniform(fate) < configuration.duplicateShare {
      counts.duplicates += 1
      var copy = record
      copy.delivery = EventRecord.duplicate
      // 1 second to some 6 hours later.
      copy.arrival += Self.second + Int64(Mix.splitMix(fate) >> 30) * 5 / 4
      arrivals.append(copy, in: hourIndex(of: copy.arrival))
    }
    if Mix.lowerUniform(fate) < configuration.badShare {
      let kind = 1 + Int(Mix.splitMix(~fate) % UInt64(BadEventKind.allCases.count))
      counts.badByKind[kind] += 1
      record.delivery = EventRecord.bad + UInt8(kind)
      record.arrival += Self.second
      arrivals.append(record, in: hourIndex(of: record.arrival))
    }
    return true
  }

  @inline(__always)
  static func isVariantB(_ campaign: Int16, seed: UInt64) -> Bool {
    campaign >= 0 && Mix.hash(~seed, UInt64(campaign)) >> 63 == 1
  }

  /// The true effect of the campaign's variant that a customer sees.
  func variantEffect(_ campaign: Int16, _ index: Int) -> Double {
    let isB = Self.isVariantB(campaign, seed: Self.customerSeed(index, of: configuration.seed))
    return plan.effects[Int(campaign) * 2 + (isB ? 1 : 0)]
  }
}
