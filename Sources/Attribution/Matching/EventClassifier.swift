import Journeys

/// Tells of every event of a store which of up to 64 classes it belongs to: the steps of a funnel, the conditions of a
/// sequence, target and return of a cohort.
///
/// A class is a list of alternative matchers. The type of an event alone decides most: only where a matcher has
/// conditions are its tests run.
///
/// `@unchecked Sendable`: only read once it is made.
package final class EventClassifier: @unchecked Sendable {
  package static let mostClasses = 64

  /// Whether the type of an event is all that matters.
  package let isByTypeOnly: Bool
  /// By code of the event type: classes that its events may belong to; one more, 0, for codes outside the dictionary.
  package let possible: [UInt64]
  /// What loops over events ask; good as long as this object.
  package let masks: EventMasks
  // What the masks point into.
  private let types: Column<Int32>
  private let certain: Scratch<UInt64>
  private let firsts: Scratch<Int32>
  private let alternatives: Scratch<ConditionalClass>
  private let program: ConditionProgram

  /// - Parameter filter: conditions on an event of any class.
  /// - Throws: `.invalidQuery` for more classes than there are bits, or a regular expression that is none.
  package init(
    _ classes: [[EventMatcher]], where filter: [EventCondition] = [], of store: JourneyStore
  ) throws(AttributionError) {
    guard classes.count <= Self.mostClasses else {
      throw AttributionError(.invalidQuery, "query: \(classes.count) steps or conditions, at most 64 are possible")
    }
    let matchers = classes.enumerated().flatMap { number, matchers in matchers.map { (number, $0) } }
    let conditional = matchers.filter { !$0.1.conditions.isEmpty }
    program = try ConditionProgram(conditional.map(\.1.conditions) + [filter], of: store)
    let codeCount = store.eventTypeNames.count
    var certain = [UInt64](repeating: 0, count: codeCount + 1)
    var possible = certain
    var byCode = [[ConditionalClass]](repeating: [], count: codeCount + 1)
    var place = 0
    for (number, matcher) in matchers {
      let bit: UInt64 = 1 << UInt64(number)
      let codes = matcher.event.map { store.eventTypeNames.code(of: $0).map { [Int($0)] } ?? [] }
      for code in codes ?? Array(0..<codeCount) {
        possible[code] |= bit
        if matcher.conditions.isEmpty {
          certain[code] |= bit
        } else {
          byCode[code].append(ConditionalClass(bit: bit, entry: program.entries[place]))
        }
      }
      if !matcher.conditions.isEmpty { place += 1 }
    }
    isByTypeOnly = conditional.isEmpty && filter.isEmpty
    self.possible = possible
    self.certain = Scratch(copying: certain)
    var firsts: [Int32] = [0]
    for list in byCode { firsts.append(firsts[firsts.count - 1] + Int32(list.count)) }
    self.firsts = Scratch(copying: firsts)
    alternatives = Scratch(copying: byCode.flatMap(\.self))
    let types = store.eventTypes
    self.types = types
    masks = EventMasks(
      types: types.span.withUnsafeBufferPointer(\.baseAddress), lastCode: UInt32(codeCount),
      isByTypeOnly: isByTypeOnly, certain: UnsafePointer(self.certain.start), firsts: UnsafePointer(self.firsts.start),
      alternatives: UnsafePointer(alternatives.start), tests: program.tests, filter: program.entries[place])
  }

  /// The classes of an event, as bits.
  @inline(__always)
  package func mask(_ event: Int) -> UInt64 { masks.mask(event) }

  /// Whether the conditions on every event hold of this one.
  @inline(__always)
  package func isIn(_ event: Int) -> Bool { masks.isIn(event) }
}
