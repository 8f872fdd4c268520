import Journeys

/// Reads the facts of one customer after the other; of the costlier ones those that are asked for.
struct CustomerFactReader {
  private let store: JourneyStore
  private let actions: CustomerActions
  private let calendar: ZonedCalendar
  private let social: Int32
  private let names: SegmentNames
  private let points: Column<Int64>?
  private let program: SegmentProgram
  private let needsText: Set<String>
  private var devices: CodeTally
  /// Of each window.
  private(set) var facts: [CustomerFacts]
  let moment: Int64

  /// - Parameter texts: the text fields that are asked for beside those of the program.
  init(
    _ program: SegmentProgram, of store: JourneyStore, before moment: Int64, calendar: ZonedCalendar,
    texts: Set<String> = []
  ) {
    self.store = store
    self.program = program
    self.calendar = calendar
    self.moment = moment
    actions = CustomerActions(store.eventTypeNames)
    social = store.channelNames.code(of: EngagementChannel.social.marketingChannel) ?? -2
    names = SegmentNames(store)
    if case .integers(let column) = store.eventData("points") { points = column } else { points = nil }
    needsText = program.textFields.union(texts)
    devices = CodeTally(codes: names.device?.names.count ?? 0)
    facts = Array(repeating: CustomerFacts(moment: moment, setWords: program.sets.words), count: program.windows.count)
  }

  /// Reads a customer's events before the moment.
  ///
  /// - Returns: whether there are any.
  mutating func read(_ events: Range<Int>) -> Bool {
    var end = events.lowerBound
    let timestamps = store.timestamps
    while end < events.upperBound, timestamps[end] < moment { end += 1 }
    guard end > events.lowerBound else { return false }
    for window in program.windows.indices {
      var start = events.lowerBound
      if window > 0 {
        start = end
        while start > events.lowerBound, moment - timestamps[start - 1] <= program.windows[window] { start -= 1 }
      }
      read(start..<end, window)
    }
    return true
  }

  private mutating func read(_ events: Range<Int>, _ window: Int) {
    let (timestamps, types, channels, amounts) = (store.timestamps, store.eventTypes, store.channels, store.amounts)
    let (actions, social, points, calendar) = (actions, social, points, calendar)
    facts[window].removeAll()
    for event in events {
      facts[window].add(
        actions[types[event]], at: timestamps[event], isSocial: channels[event] == social, amounts[event],
        points.map { $0[event] } ?? 0, calendar)
    }
    if needsText.contains(SegmentField.Text.location.rawValue) {
      facts[window].location = last(names.location?.codes, events)
    }
    if needsText.contains(SegmentField.Text.carrier.rawValue) {
      facts[window].carrier = last(names.carrier?.codes, events)
    }
    if needsText.contains(SegmentField.Text.device.rawValue), let codes = names.device?.codes {
      devices.removeAll()
      for event in events where codes[event] >= 0 && actions[types[event]].isActivity { devices.add(codes[event]) }
      facts[window].device = devices.best
    }
    if needsText.contains(SegmentField.Text.acquisitionChannel.rawValue) {
      facts[window].firstChannel = events.first { channels[$0] >= 0 }.map { channels[$0] } ?? -1
    }
    if program.sets.words > 0 { program.sets.read(events, types, actions, into: &facts[window].setBits) }
  }

  private func last(_ codes: Column<Int32>?, _ events: Range<Int>) -> Int32 {
    guard let codes else { return -1 }
    return events.last { codes[$0] >= 0 }.map { codes[$0] } ?? -1
  }
}
