import Journeys

/// The predicates over the sets of events' values (categories, campaigns, …) that a query asks, as bits: an event's
/// code has the bits of the predicates that one of its values meets, a customer those of all his events.
struct SegmentSets: Sendable {
  /// Which events count.
  enum Events: Sendable, Hashable {
    case all, activity, purchases

    @inline(__always)
    func includes(_ action: CustomerAction) -> Bool {
      switch self {
      case .all: true
      case .activity: action.isActivity
      case .purchases: action == .purchase
      }
    }
  }

  private struct Source: Sendable {
    var codes: Column<Int32>
    var events: Events
    /// The items of each code.
    var names: @Sendable (Int32) -> [String]
    var codeCount: Int
    var predicates: [(bit: Int, test: @Sendable (String) -> Bool)] = []
    /// Where in the words of a customer its own begin, and how many they are.
    var word = 0
    var words = 0
    /// By code, `words` each.
    var masks: [UInt64] = []
  }

  private struct Key: Hashable {
    var field: String
    var events: Events
  }

  private var sources: [Source] = []
  private var places: [Key: Int] = [:]
  private(set) var words = 0

  /// Adds a predicate on some value of a field's set.
  ///
  /// - Returns: its place, to be turned into a bit by `bit` after `finish`; nil when no event can have a value.
  mutating func add(
    _ field: SegmentField, of store: JourneyStore, _ test: @escaping @Sendable (String) -> Bool
  ) -> (source: Int, predicate: Int)? {
    let (key, column) = Self.column(field)
    let place: Int
    if let known = places[key] {
      place = known
    } else {
      guard let source = Self.source(column, key.events, of: store) else { return nil }
      place = sources.count
      places[key] = place
      sources.append(source)
    }
    let predicate = sources[place].predicates.count
    sources[place].predicates.append((predicate, test))
    return (place, predicate)
  }

  /// Makes the masks. Cost: predicates times names of the dictionaries.
  mutating func finish() {
    words = 0
    for place in sources.indices {
      var source = sources[place]
      source.word = words
      source.words = (source.predicates.count + 63) / 64
      source.masks = Array(repeating: 0, count: source.codeCount * source.words)
      for code in 0..<source.codeCount {
        let names = source.names(Int32(code)).filter { !$0.isEmpty }.map { $0.lowercased() }
        for (bit, test) in source.predicates where names.contains(where: test) {
          source.masks[code * source.words + bit / 64] |= 1 << UInt64(bit % 64)
        }
      }
      words += source.words
      sources[place] = source
    }
  }

  /// Among the bits of a customer.
  func bit(_ predicate: (source: Int, predicate: Int)) -> Int {
    sources[predicate.source].word * 64 + predicate.predicate
  }

  /// Adds the bits of some events of a customer.
  func read(_ events: Range<Int>, _ types: Column<Int32>, _ actions: CustomerActions, into bits: inout [UInt64]) {
    for source in sources {
      let codes = source.codes
      for event in events {
        let code = Int(codes[event])
        guard code >= 0, code < source.codeCount, source.events.includes(actions[types[event]]) else { continue }
        for word in 0..<source.words { bits[source.word + word] |= source.masks[code * source.words + word] }
      }
    }
  }

  // MARK: Columns

  private enum Origin {
    case list(String)
    case channel, campaign, eventType
  }

  private static func column(_ field: SegmentField) -> (Key, Origin) {
    func key(_ field: SegmentField, _ events: Events) -> Key { Key(field: field.name, events: events) }
    switch field {
    case .set(.categories): return (key(field, .all), .list("categories"))
    case .set(.products): return (key(field, .all), .list("products"))
    case .set(.tags): return (key(field, .all), .list("tags"))
    case .set(.purchasedCategories): return (key(field, .purchases), .list("categories"))
    case .set(.purchasedProducts): return (key(field, .purchases), .list("products"))
    case .set(.channels): return (key(field, .activity), .channel)
    case .set(.campaigns): return (key(field, .all), .campaign)
    case .set(.engagedCampaigns): return (key(field, .activity), .campaign)
    case .set(.eventTypes): return (key(field, .all), .eventType)
    default: return (key(field, .all), .list(String(field.name.dropFirst(SegmentField.eventDataPrefix.count))))
    }
  }

  private static func source(_ origin: Origin, _ events: Events, of store: JourneyStore) -> Source? {
    func names(_ codes: Column<Int32>, _ names: NameTable) -> Source {
      Source(codes: codes, events: events, names: { [names[$0]] }, codeCount: names.count)
    }
    switch origin {
    case .channel: return names(store.channels, store.channelNames)
    case .campaign: return names(store.campaigns, store.campaignNames)
    case .eventType: return names(store.eventTypes, store.eventTypeNames)
    case .list(let key):
      guard let (codes, names) = store.eventNames(key) else { return nil }
      return Source(
        codes: codes, events: events, names: { ListColumn.items(of: names[$0]) }, codeCount: names.count)
    }
  }
}
