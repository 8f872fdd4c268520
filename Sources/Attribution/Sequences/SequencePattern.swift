/// A pattern over the events that fulfil any of some conditions: `(?1)` an event that fulfils the first, `.` any event,
/// `.*` any number of them, `(?t<=60)` the next event lies so many seconds behind the last (or `<`, `>`, `>=`, `==`).
///
/// Syntax and meaning are those of ClickHouse's `sequenceMatch` and `sequenceCount`.
public struct SequencePattern: Sendable, Equatable {
  /// What may lie before the next event that is matched.
  enum Gap: Sendable, Equatable {
    /// Any number of events.
    case any
    case before(Int64, inclusive: Bool)
    case after(Int64, inclusive: Bool)
    case exactly(Int64)
  }

  /// A gap, then events that follow each other without one.
  struct Part: Sendable, Equatable {
    var gap: Gap
    /// The conditions, 0-based; nil for any event.
    var events: [Int?]
  }

  /// The first gap is any: a match may begin anywhere.
  private(set) var parts = [Part(gap: .any, events: [])]
  public let text: String

  /// - Throws: `.invalidQuery` with the place in the text.
  public init(_ text: String, conditions: Int) throws(AttributionError) {
    self.text = text
    var rest = Substring(text)
    func refuse(_ problem: String) -> AttributionError {
      AttributionError(.invalidQuery, "\(problem) at character \(text.count - rest.count + 1)")
    }
    func take(_ prefix: String) -> Bool {
      guard rest.hasPrefix(prefix) else { return false }
      rest.removeFirst(prefix.count)
      return true
    }
    func number() throws(AttributionError) -> Int64 {
      let digits = rest.prefix { ("0"..."9").contains($0) }
      guard let number = Int64(digits) else { throw refuse("a number is missing or too large") }
      rest.removeFirst(digits.count)
      return number
    }
    while !rest.isEmpty {
      if take("(?t") {
        let gap: Gap
        if take("<=") {
          gap = .before(try number(), inclusive: true)
        } else if take("<") {
          gap = .before(try number(), inclusive: false)
        } else if take(">=") {
          gap = .after(try number(), inclusive: true)
        } else if take(">") {
          gap = .after(try number(), inclusive: false)
        } else if take("==") {
          gap = .exactly(try number())
        } else {
          throw refuse("after (?t one of <, <=, >, >=, == is missing")
        }
        if parts[parts.count - 1].events.isEmpty && parts[parts.count - 1].gap != .any {
          throw refuse("a time follows a time: put an event between them")
        }
        parts.append(Part(gap: gap, events: []))
        guard take(")") else { throw refuse("a closing bracket is missing") }
      } else if take("(?") {
        let condition = try number()
        guard 1...Int64(conditions) ~= condition else {
          throw refuse("there is no condition \(condition), they are 1 to \(conditions);")
        }
        parts[parts.count - 1].events.append(Int(condition) - 1)
        guard take(")") else { throw refuse("a closing bracket is missing") }
      } else if take(".*") {
        parts.append(Part(gap: .any, events: []))
      } else if take(".") {
        parts[parts.count - 1].events.append(nil)
      } else {
        throw refuse("what is no part of a pattern, such as (?1), (?t<60), . or .*, stands")
      }
    }
  }
}

/// Finds a pattern in one list of events after the other. Linear in events, whatever the pattern.
///
/// ClickHouse searches with backtracking, of which this is the order. Once a place has been tried for a part, all that
/// comes of it has failed, and whatever part came before: it is never tried again. Places only rise, as a part that
/// begins later cannot be followed by anything earlier.
struct SequenceMatcher: ~Copyable {
  private let parts: [SequencePattern.Part]
  /// By part: the first place that has not been tried.
  private let untried: Scratch<Int>

  init(_ pattern: SequencePattern) {
    parts = pattern.parts
    untried = Scratch(repeating: 0, count: parts.count)
  }

  /// - Returns: the place behind the first match at or behind `start`; nil without one.
  func match(_ times: UnsafePointer<Int64>, _ masks: UnsafePointer<UInt64>, from start: Int, to count: Int) -> Int? {
    for part in parts.indices { untried[part] = start }
    guard let end = match(part: 0, at: start, base: start, times, masks, count) else { return nil }
    return max(end, start + 1)
  }

  /// - Parameters:
  ///   - place: behind the last event matched.
  ///   - base: the event from which time is measured.
  private func match(
    part number: Int, at place: Int, base: Int, _ times: UnsafePointer<Int64>, _ masks: UnsafePointer<UInt64>,
    _ count: Int
  ) -> Int? {
    if number == parts.count { return place }
    if place == count { return isEmpty(from: number) ? place : nil }
    let part = parts[number]
    let time = times[base]
    var first = max(place, untried[number])
    while first < count {
      switch Self.order(times[first] &- time, part.gap) {
      case .tooEarly:
        first &+= 1
        continue
      case .tooLate: return nil
      case .inside: break
      }
      untried[number] = first &+ 1
      if let end = matchEvents(part.events, at: first, masks, count) {
        // Behind events time is measured from the last of them, behind a mere gap from where it ended.
        let base = part.events.isEmpty ? first : end &- 1
        if let end = match(part: number &+ 1, at: end, base: base, times, masks, count) { return end }
      }
      first &+= 1
    }
    return nil
  }

  private enum Order { case tooEarly, inside, tooLate }

  private static func order(_ distance: Int64, _ gap: SequencePattern.Gap) -> Order {
    switch gap {
    case .any: .inside
    case .before(let limit, let inclusive): distance < limit || inclusive && distance == limit ? .inside : .tooLate
    case .after(let limit, let inclusive): distance > limit || inclusive && distance == limit ? .inside : .tooEarly
    case .exactly(let limit): distance == limit ? .inside : distance < limit ? .tooEarly : .tooLate
    }
  }

  private func matchEvents(_ events: [Int?], at first: Int, _ masks: UnsafePointer<UInt64>, _ count: Int) -> Int? {
    var place = first
    for event in events {
      guard place < count else { return nil }
      if let event, masks[place] & (1 &<< UInt64(event)) == 0 { return nil }
      place &+= 1
    }
    return place
  }

  /// Whether nothing at all matches what is left of the pattern.
  private func isEmpty(from number: Int) -> Bool {
    parts[number...].allSatisfy { part in
      guard part.events.isEmpty else { return false }
      switch part.gap {
      case .any, .before: return true
      case .after(let limit, let inclusive): return inclusive && limit == 0
      case .exactly: return false
      }
    }
  }
}
