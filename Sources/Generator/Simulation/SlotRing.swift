/// Things to come, by the hour or the day in which they are due: room for the next `horizon` of these slots, used
/// over and over.
struct SlotRing<Element: BitwiseCopyable & Sendable>: Sendable {
  private var slots: [[Element]]

  init(horizon: Int) { slots = Array(repeating: [], count: horizon) }

  /// `slot` is less than the horizon behind the last one taken.
  @inline(__always)
  mutating func append(_ element: Element, in slot: Int) {
    slots[slot % slots.count].append(element)
  }

  /// What was put into a slot replaces what is in `elements`, whose memory is kept for a later slot.
  mutating func take(_ slot: Int, into elements: inout [Element]) {
    elements.removeAll(keepingCapacity: true)
    swap(&slots[slot % slots.count], &elements)
  }
}
