import Journeys

/// The touches and conversions among the events of a batch of customers.
struct TouchSelection: ~Copyable {
  static let conversion: UInt8 = 2
  static let touch: UInt8 = 4
  /// A touch only if it has a channel.
  static let visit: UInt8 = 8
  /// In place of a touch key.
  static let conversionKey: Int32 = -1

  private let touchKeys: TouchKeys
  /// By campaign code + 1: whether its touches count; empty when all do.
  private let isWanted: [Bool]
  /// Places of the selected events, counted from the first event of the batch, and their touch keys.
  private var places = Scratch<UInt32>()
  private(set) var keys = Scratch<Int32>()
  /// By customer of the batch, from 1: where his entries end.
  private var ends = Scratch<Int>()
  /// By customer of the batch: 1 where he converted.
  private var hasConversion = Scratch<UInt8>()
  private var firstEvent = 0
  private var firstCustomer = 0

  init(_ keys: TouchKeys, isWanted: [Bool] = []) {
    touchKeys = keys
    self.isWanted = isWanted
  }

  /// What each event type of the store is.
  static func roles(_ query: AttributionQuery, _ store: JourneyStore) throws(AttributionError) -> [UInt8] {
    let names = store.eventTypeNames
    var roles = [UInt8](repeating: 0, count: names.count)
    switch query.touchpoints {
    case .all:
      roles = Array(repeating: touch, count: names.count)
      // The drawing of an experiment's groups is nothing that happens to a customer.
      if let code = names.code(of: HoldoutQuery().assignment) { roles[Int(code)] = 0 }
    case .engagements:
      for name in AttributionQuery.Touchpoints.engagementTypes {
        if let code = names.code(of: name) { roles[Int(code)] = touch }
      }
      for name in AttributionQuery.Touchpoints.visitTypes {
        if let code = names.code(of: name) { roles[Int(code)] = visit }
      }
    case .types(let types):
      for code in try store.eventTypeCodes(types, for: "touchpoints") { roles[Int(code)] = touch }
    }
    // A store without any event answers with zeros instead of a complaint about names.
    if store.eventCount > 0 {
      for code in try store.eventTypeCodes(query.conversions, for: "conversion") { roles[Int(code)] = conversion }
    }
    return roles
  }

  /// By campaign code + 1; empty for all campaigns.
  static func wanted(_ names: [String]?, _ store: JourneyStore) throws(AttributionError) -> [Bool] {
    guard let names else { return [] }
    var isWanted = [Bool](repeating: false, count: store.campaignNames.count + 1)
    for name in names {
      guard let code = store.campaignNames.code(of: name) else {
        throw AttributionError(
          .unknownName, "campaign: journey store \(store.directory.path) has no touch of campaign '\(name)'")
      }
      isWanted[Int(code) + 1] = true
    }
    return isWanted
  }

  mutating func select(_ customers: Range<Int>, of columns: EventColumns, _ roles: EventRoles) {
    let events = columns.events(of: customers)
    (firstEvent, firstCustomer) = (events.lowerBound, customers.lowerBound)
    places.reserve(events.count)
    keys.reserve(events.count)
    ends.reserve(customers.count + 1)
    hasConversion.reserve(customers.count)
    roles.withTable { roles in
      if touchKeys.isByOthers || !isWanted.isEmpty {
        selectByColumns(customers, events.lowerBound, columns, roles)
      } else if touchKeys.isByChannel {
        selectByChannel(customers, events.lowerBound, columns, roles)
      } else {
        selectByPair(customers, events.lowerBound, columns, roles)
      }
    }
  }

  /// The event of an entry.
  @inline(__always)
  func event(_ entry: Int) -> Int { firstEvent &+ Int(places[entry]) }

  @inline(__always)
  func entries(of customer: Int) -> Range<Int> {
    ends[customer &- firstCustomer]..<ends[customer &- firstCustomer &+ 1]
  }

  @inline(__always)
  func hasConversion(_ customer: Int) -> Bool { hasConversion[customer &- firstCustomer] != 0 }

  // Both loops write every event and keep it by moving on: no branch that the processor could guess wrongly.

  private func selectByChannel(
    _ customers: Range<Int>, _ firstEvent: Int, _ columns: EventColumns, _ roles: RoleTable
  ) {
    let (places, keys, ends, hasConversion) = (places.start, keys.start, ends.start, hasConversion.start)
    let channelCount = UInt64(touchKeys.channelCount)
    var kept = 0
    var event = firstEvent
    ends[0] = 0
    for customer in customers {
      let end = Int(columns.offsets[customer &+ 1])
      var conversions: UInt8 = 0
      while event < end {
        let role = roles[columns.types[event]]
        let channel = UInt32(bitPattern: columns.channels[event])
        let hasChannel = isBelow(channel, channelCount)
        let isConversion = role &>> 1 & 1
        let isTouch = (role &>> 2 | role &>> 3) & hasChannel
        places[kept] = UInt32(truncatingIfNeeded: event &- firstEvent)
        keys[kept] = Int32(bitPattern: channel &+ 1) | (0 &- Int32(isConversion))
        kept &+= Int(isConversion | isTouch)
        conversions |= isConversion
        event &+= 1
      }
      ends[customer &- customers.lowerBound &+ 1] = kept
      hasConversion[customer &- customers.lowerBound] = conversions
    }
  }

  private func selectByPair(
    _ customers: Range<Int>, _ firstEvent: Int, _ columns: EventColumns, _ roles: RoleTable
  ) {
    let (places, keys, ends, hasConversion) = (places.start, keys.start, ends.start, hasConversion.start)
    let (channelCount, campaignCount) = (UInt64(touchKeys.channelCount), UInt64(touchKeys.campaignCount))
    let (channelStep, campaignStep) = (Int32(touchKeys.channelStep), Int32(touchKeys.campaignStep))
    var kept = 0
    var event = firstEvent
    ends[0] = 0
    for customer in customers {
      let end = Int(columns.offsets[customer &+ 1])
      var conversions: UInt8 = 0
      while event < end {
        let role = roles[columns.types[event]]
        let channel = UInt32(bitPattern: columns.channels[event])
        let campaign = UInt32(bitPattern: columns.campaigns[event])
        let hasChannel = isBelow(channel, channelCount)
        let channelPart = (Int32(bitPattern: channel &+ 1) &* channelStep) & (0 &- Int32(hasChannel))
        let campaignPart =
          (Int32(bitPattern: campaign &+ 1) &* campaignStep) & (0 &- Int32(isBelow(campaign, campaignCount)))
        let key = channelPart &+ campaignPart
        let isConversion = role &>> 1 & 1
        let hasKey = isBelow(0, UInt64(UInt32(bitPattern: key)))
        let isTouch = (role &>> 2 | role &>> 3 & hasChannel) & hasKey
        places[kept] = UInt32(truncatingIfNeeded: event &- firstEvent)
        keys[kept] = key | (0 &- Int32(isConversion))
        kept &+= Int(isConversion | isTouch)
        conversions |= isConversion
        event &+= 1
      }
      ends[customer &- customers.lowerBound &+ 1] = kept
      hasConversion[customer &- customers.lowerBound] = conversions
    }
  }

  /// For any dimensions and with a filter: a jump for every event, which the others spare themselves.
  private func selectByColumns(
    _ customers: Range<Int>, _ firstEvent: Int, _ columns: EventColumns, _ roles: RoleTable
  ) {
    let (channelCount, campaignCount) = (Int32(touchKeys.channelCount), Int32(touchKeys.campaignCount))
    var kept = 0
    var event = firstEvent
    ends[0] = 0
    for customer in customers {
      let end = Int(columns.offsets[customer &+ 1])
      var conversions: UInt8 = 0
      while event < end {
        let role = roles[columns.types[event]]
        let channel = columns.channels[event]
        let isVisit = role & Self.visit != 0
        if role & Self.conversion != 0 {
          places[kept] = UInt32(truncatingIfNeeded: event &- firstEvent)
          keys[kept] = Self.conversionKey
          kept &+= 1
          conversions = 1
        } else if role != 0, !isVisit || (0..<channelCount).contains(channel),
          isWanted(columns.campaigns[event], campaignCount)
        {
          let key = touchKeys.key(event)
          if key > 0 {
            places[kept] = UInt32(truncatingIfNeeded: event &- firstEvent)
            keys[kept] = Int32(key)
            kept &+= 1
          }
        }
        event &+= 1
      }
      ends[customer &- customers.lowerBound &+ 1] = kept
      hasConversion[customer &- customers.lowerBound] = conversions
    }
  }

  private func isWanted(_ campaign: Int32, _ campaignCount: Int32) -> Bool {
    isWanted.isEmpty || isWanted[(0..<campaignCount).contains(campaign) ? Int(campaign) + 1 : 0]
  }
}

/// 1 if `number` is below `bound`, else 0: the borrow of the difference, never a jump.
@inline(__always)
private func isBelow(_ number: UInt32, _ bound: UInt64) -> UInt8 {
  UInt8(truncatingIfNeeded: (UInt64(number) &- bound) &>> 63)
}
