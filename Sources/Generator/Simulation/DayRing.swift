/// Things to come, by day: room for the next `horizon` days, used over and over.
struct DayRing<Element: BitwiseCopyable & Sendable>: Sendable {
  static var horizon: Int { 32 }

  private var slots = [[Element]](repeating: [], count: Self.horizon)

  /// `day` is less than `horizon` days after the last one taken.
  mutating func append(_ element: Element, on day: Int) {
    slots[day % Self.horizon].append(element)
  }

  /// What was put there for a day replaces what is in `elements`, whose memory is kept for a later day.
  mutating func take(_ day: Int, into elements: inout [Element]) {
    elements.removeAll(keepingCapacity: true)
    swap(&slots[day % Self.horizon], &elements)
  }
}
