import Journeys

/// The criteria of several segments, compiled for a store: names looked up, dates and lists turned into plain tests.
struct SegmentProgram: Sendable {
  private enum Test: Sendable {
    case all, any, none
    case interval(SegmentField.Number, low: Double, high: Double, lowIsOpen: Bool, highIsOpen: Bool)
    case oneOfNumbers(SegmentField.Number, Range<Int>)
    case period(SegmentField.Date, Range<Int64>)
    case age(SegmentField.Date, ClosedRange<Int64>)
    /// `accepted[place + code]`.
    case name(SegmentField.Text, place: Int, count: Int)
    /// All of these bits of the sets.
    case bits(Range<Int>)
    case flag(SegmentField.Flag, Bool)
  }

  private struct Node: Sendable {
    var test: Test
    var isNegated = false
    /// Of the facts that it reads.
    var window = 0
    /// Behind its last part.
    var end = 0
  }

  private var nodes: [Node] = []
  private var numbers: [Double] = []
  private var accepted: [Bool] = []
  private var predicates: [(source: Int, predicate: Int)?] = []
  /// Of `predicates`; -1 for one that nothing can meet.
  private var bits: [Int] = []
  private(set) var sets = SegmentSets()
  /// Microseconds before the moment; the first is all there is.
  private(set) var windows: [Int64] = [.max]
  private(set) var textFields: Set<String> = []
  /// Where each segment begins.
  private var starts: [Int] = []
  private let store: JourneyStore
  private let names: SegmentNames

  /// - Throws: `ModelError.malformedCriteria` for an `event_data` key that the store does not keep as text.
  init(_ segments: [SegmentDefinition], of store: JourneyStore) throws(ModelError) {
    self.store = store
    names = SegmentNames(store)
    for segment in segments {
      starts.append(nodes.count)
      try add(segment.criteria, segment.name)
    }
    sets.finish()
    bits = predicates.map { predicate in predicate.map { sets.bit($0) } ?? -1 }
  }

  private mutating func add(_ criteria: SegmentCriteria, _ segment: String) throws(ModelError) {
    let place = nodes.count
    switch criteria {
    case .all(let parts): try add(.all, parts, segment)
    case .any(let parts): try add(.any, parts, segment)
    case .none(let parts): try add(.none, parts, segment)
    case .condition(let condition):
      nodes.append(
        Node(test: try test(condition, segment), isNegated: condition.isNegated, window: window(condition.days)))
    }
    nodes[place].end = nodes.count
  }

  private mutating func add(
    _ test: Test, _ parts: [SegmentCriteria], _ segment: String
  ) throws(ModelError) {
    nodes.append(Node(test: test))
    for part in parts { try add(part, segment) }
  }

  private mutating func window(_ days: Double?) -> Int {
    guard let days else { return 0 }
    let length = Int64((days * Double(microsecondsPerDay)).rounded())
    if let known = windows.firstIndex(of: length) { return known }
    windows.append(length)
    return windows.count - 1
  }

  private mutating func test(_ condition: SegmentCondition, _ segment: String) throws(ModelError) -> Test {
    switch (condition.field, condition.comparison) {
    case (.number(let field), .interval(let low, let high, let lowIsOpen, let highIsOpen)):
      return .interval(field, low: low, high: high, lowIsOpen: lowIsOpen, highIsOpen: highIsOpen)
    case (.number(let field), .oneOfNumbers(let values)):
      numbers += values
      return .oneOfNumbers(field, numbers.count - values.count..<numbers.count)
    case (.date(let field), .period(let period)): return .period(field, period)
    case (.date(let field), .age(let age)): return .age(field, age)
    case (.flag(let field), .flag(let flag)): return .flag(field, flag)
    case (.text(let field), _):
      guard let predicate = Self.predicate(condition.comparison) else { break }
      textFields.insert(field.rawValue)
      let values = names.names(field).map { $0.lowercased() }
      accepted += values.map { !$0.isEmpty && predicate($0) }
      return .name(field, place: accepted.count - values.count, count: values.count)
    case (.set, .allOf(let wanted)), (.eventData, .allOf(let wanted)):
      try check(condition, segment)
      let first = predicates.count
      for name in wanted {
        let name = name.lowercased()
        predicates.append(sets.add(condition.field, of: store) { $0 == name })
      }
      return .bits(first..<predicates.count)
    case (.set, _), (.eventData, _):
      guard let predicate = Self.predicate(condition.comparison) else { break }
      try check(condition, segment)
      predicates.append(sets.add(condition.field, of: store, predicate))
      return .bits(predicates.count - 1..<predicates.count)
    default: break
    }
    throw ModelError(
      .malformedCriteria,
      "segment '\(segment)': the comparison of '\(condition.field.name)' is none of a \(condition.field.kind.rawValue)"
    )
  }

  /// On lower-case names that are not empty.
  private static func predicate(_ comparison: SegmentComparison) -> (@Sendable (String) -> Bool)? {
    switch comparison {
    case .oneOf(let names):
      let wanted = Set(names.map { $0.lowercased() })
      return { wanted.contains($0) }
    case .containsText(let text):
      let text = text.lowercased()
      return { $0.contains(text) }
    case .hasPrefix(let text):
      let text = text.lowercased()
      return { $0.hasPrefix(text) }
    case .hasSuffix(let text):
      let text = text.lowercased()
      return { $0.hasSuffix(text) }
    default: return nil
    }
  }

  /// A key that the store was not told to keep looks like one that nobody has: that is to be said.
  private func check(_ condition: SegmentCondition, _ segment: String) throws(ModelError) {
    let key: String
    switch condition.field {
    case .eventData(let name): key = name
    case .set(.tags): key = "tags"
    default: return
    }
    let known = EventProperty.all(and: []).filter { $0.kind == .dictionary }.map(\.name)
    guard store.eventNames(key) == nil, !known.contains(key) else { return }
    let columns = store.propertyNames
    let hint = nearestName(to: key, among: Array(Set(columns + known)).sorted()).map { " Did you mean '\($0)'?" } ?? ""
    let place = condition.place.isEmpty ? "" : "'\(condition.place)': "
    throw ModelError(
      .malformedCriteria,
      "segment '\(segment)': \(place)journey store \(store.directory.path) keeps no text of event_data.\(key).\(hint) "
        + "A further key is kept by 'import --property \(key)'")
  }

  // MARK: Evaluation

  /// Whether a customer belongs to a segment.
  ///
  /// - Parameter facts: of each window.
  func contains(_ segment: Int, _ facts: [CustomerFacts]) -> Bool { isTrue(starts[segment], facts) }

  private func isTrue(_ place: Int, _ facts: [CustomerFacts]) -> Bool {
    let node = nodes[place]
    switch node.test {
    case .all: return !hasPart(place, node.end, facts, thatIs: false)
    case .any: return hasPart(place, node.end, facts, thatIs: true)
    case .none: return !hasPart(place, node.end, facts, thatIs: true)
    case .interval(let field, let low, let high, let lowIsOpen, let highIsOpen):
      let value = facts[node.window].value(field)
      let isInside = (lowIsOpen ? value > low : value >= low) && (highIsOpen ? value < high : value <= high)
      return isInside != node.isNegated
    case .oneOfNumbers(let field, let wanted):
      let value = facts[node.window].value(field)
      return numbers[wanted].contains(value) != node.isNegated
    case .period(let field, let period):
      return period.contains(facts[node.window].time(field)) != node.isNegated
    case .age(let field, let age):
      let (time, moment) = (facts[node.window].time(field), facts[node.window].moment)
      return (time != CustomerFacts.never && age.contains(moment - time)) != node.isNegated
    case .name(let field, let place, let count):
      let code = Int(facts[node.window].code(field))
      return (code >= 0 && code < count && accepted[place + code]) != node.isNegated
    case .bits(let wanted):
      let words = facts[node.window].setBits
      return bits[wanted].allSatisfy { $0 >= 0 && words[$0 / 64] >> UInt64($0 % 64) & 1 == 1 } != node.isNegated
    case .flag(let field, let wanted):
      return (facts[node.window].isTrue(field) == wanted) != node.isNegated
    }
  }

  private func hasPart(_ place: Int, _ end: Int, _ facts: [CustomerFacts], thatIs wanted: Bool) -> Bool {
    var part = place + 1
    while part < end {
      if isTrue(part, facts) == wanted { return true }
      part = nodes[part].end
    }
    return false
  }
}

/// The names behind the codes of text fields.
struct SegmentNames: Sendable {
  let location: (codes: Column<Int32>, names: NameTable)?
  let carrier: (codes: Column<Int32>, names: NameTable)?
  let device: (codes: Column<Int32>, names: NameTable)?
  private let channels: NameTable

  init(_ store: JourneyStore) {
    location = store.eventNames("location")
    carrier = store.eventNames("carrier")
    device = store.eventNames("device")
    channels = store.channelNames
  }

  func names(_ field: SegmentField.Text) -> [String] {
    switch field {
    case .location: location?.names.names ?? []
    case .carrier: carrier?.names.names ?? []
    case .device: device?.names.names ?? []
    case .acquisitionChannel: channels.names
    case .preferredChannel: EngagementChannel.allCases.map(\.marketingChannel)
    case .purchaseFrequency: FrequencyName.allCases.map(\.rawValue)
    }
  }
}
