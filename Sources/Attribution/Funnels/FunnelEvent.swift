/// An event of the customer at hand that matters to a funnel.
package struct FunnelEvent: BitwiseCopyable {
  /// Its place in the store.
  package var event: Int
  package var time: Int64
  /// The steps that it is, as bits.
  package var steps: UInt64
  /// The numbers of completed steps at which it excludes a chain, as bits.
  package var excludes: UInt64
  /// Its value of the breakdown; 0 without one.
  package var group: Int32
  /// Its value of the properties that are held constant.
  package var constant: UInt64

  package init(event: Int, time: Int64, steps: UInt64, excludes: UInt64, group: Int32, constant: UInt64) {
    self.event = event
    self.time = time
    self.steps = steps
    self.excludes = excludes
    self.group = group
    self.constant = constant
  }
}

/// How far a customer, or an attempt of his, came.
struct FunnelOutcome {
  /// Required steps that were taken; 0 for a customer who does not count.
  var completed: Int
  /// The steps that were taken, as bits.
  var taken: UInt64
  /// By step, the event that it was; only of steps taken. Good until the next search.
  var events: UnsafePointer<Int>
  /// When the chain began that could still come further, had the data not ended; nil when none can.
  var openSince: Int64?
  /// A funnel's exclusion forbids to count him.
  var isExcluded = false

  static func nothing(_ events: UnsafePointer<Int>) -> FunnelOutcome {
    FunnelOutcome(completed: 0, taken: 0, events: events, openSince: nil)
  }
}

/// Room for elements that are appended: kept from use to use, grown by doubling.
struct GrowingScratch<Element: BitwiseCopyable>: ~Copyable {
  private(set) var start: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity: Int

  init() {
    capacity = 64
    start = .allocate(capacity: capacity)
  }

  deinit { start.deallocate() }

  mutating func removeAll(from place: Int = 0) { count = place }

  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { grow() }
    start[count] = element
    count &+= 1
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
    larger.update(from: start, count: count)
    start.deallocate()
    start = larger
    capacity *= 2
  }

  @inline(__always)
  subscript(index: Int) -> Element {
    get {
      assert(index >= 0 && index < count)
      return start[index]
    }
    nonmutating set {
      assert(index >= 0 && index < count)
      start[index] = newValue
    }
  }

  var elements: UnsafeMutableBufferPointer<Element> { UnsafeMutableBufferPointer(start: start, count: count) }
}
