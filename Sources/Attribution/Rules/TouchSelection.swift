import Journeys

/// The touches and conversions among the events of a batch of customers.
struct TouchSelection: ~Copyable {
  static let touch: UInt8 = 1
  static let conversion: UInt8 = 2
  /// A touch only if it has a channel.
  static let visit: UInt8 = 4
  /// In place of a touch key.
  static let conversionKey: Int32 = -1

  private let touchKeys: TouchKeys
  /// Places of the selected events, counted from the first event of the batch, and their touch keys.
  private(set) var places = Scratch<UInt32>()
  private(set) var keys = Scratch<Int32>()
  private(set) var count = 0
  private(set) var firstEvent = 0

  init(_ keys: TouchKeys) { touchKeys = keys }

  /// What each event type of the store is.
  static func roles(_ query: AttributionQuery, _ store: JourneyStore) throws(AttributionError) -> [UInt8] {
    let names = store.eventTypeNames
    var roles = [UInt8](repeating: 0, count: names.count)
    switch query.touchpoints {
    case .all: roles = Array(repeating: touch, count: names.count)
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

  mutating func select(_ customers: Range<Int>, of store: JourneyStore, _ roles: EventRoles) {
    let events = store.events(of: customers)
    firstEvent = events.lowerBound
    places.reserve(events.count)
    keys.reserve(events.count)
    count = roles.withTable { roles in
      touchKeys.dimension == .channel
        ? selectByChannel(events, of: store, roles) : selectByPair(events, of: store, roles)
    }
  }

  /// Both loops write every event and keep it by moving on: no branch that the processor could guess wrongly.
  private func selectByChannel(_ events: Range<Int>, of store: JourneyStore, _ roles: RoleTable) -> Int {
    let (types, channels) = (store.eventTypes, store.channels)
    let channelCount = UInt32(store.channelNames.count)
    var kept = 0
    for event in events {
      let role = roles[types[event]]
      let channel = UInt32(bitPattern: channels[event])
      let isTouch = role & (Self.touch | Self.visit) != 0 && channel < channelCount
      let isConversion = role & Self.conversion != 0
      places[kept] = UInt32(truncatingIfNeeded: event &- events.lowerBound)
      keys[kept] = isConversion ? Self.conversionKey : Int32(bitPattern: channel &+ 1)
      kept &+= isTouch || isConversion ? 1 : 0
    }
    return kept
  }

  private func selectByPair(_ events: Range<Int>, of store: JourneyStore, _ roles: RoleTable) -> Int {
    let (types, channels, campaigns) = (store.eventTypes, store.channels, store.campaigns)
    let (channelCount, campaignCount) = (UInt32(store.channelNames.count), UInt32(store.campaignNames.count))
    let (channelStep, campaignStep) = (Int32(touchKeys.channelStep), Int32(touchKeys.campaignStep))
    var kept = 0
    for event in events {
      let role = roles[types[event]]
      let channel = UInt32(bitPattern: channels[event])
      let campaign = UInt32(bitPattern: campaigns[event])
      let channelPart = channel < channelCount ? Int32(bitPattern: channel &+ 1) &* channelStep : 0
      let campaignPart = campaign < campaignCount ? Int32(bitPattern: campaign &+ 1) &* campaignStep : 0
      let key = channelPart &+ campaignPart
      let isTouch =
        role & Self.touch != 0 && key != 0 || role & Self.visit != 0 && key != 0 && channel < channelCount
      let isConversion = role & Self.conversion != 0
      places[kept] = UInt32(truncatingIfNeeded: event &- events.lowerBound)
      keys[kept] = isConversion ? Self.conversionKey : key
      kept &+= isTouch || isConversion ? 1 : 0
    }
    return kept
  }
}
