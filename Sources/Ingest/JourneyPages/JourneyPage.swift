import Journeys

/// What has to be known of a customer's month to add events to it: which ids it holds, and the last page's touches.
///
/// A page is a document of `customer_journeys`. Pages fill up one after the other; a full one is never written again.
struct JourneyPage {
  /// An entry of the page, as far as attribution goes.
  struct Touch {
    var id: EventID
    var timestamp: Int64
    /// Codes in `Names`.
    var touchpoint: Int32
    var channel: Int32
    var campaign: Int32

    static func isBefore(_ left: Touch, _ right: Touch) -> Bool {
      if left.timestamp != right.timestamp { return left.timestamp < right.timestamp }
      return (left.id.high, left.id.low) < (right.id.high, right.id.low)
    }
  }

  /// Number of the page that is still filling.
  var number = 0
  /// Changes with every write of the page, so that a writer notices another; 0 as long as the page does not exist.
  var revision: Int64 = 0
  /// The page's entries in time order, equal times by id.
  var touches: [Touch] = []
  /// Sum of the page's purchases in minor units.
  var revenue: Int64 = 0
  /// The ids in the full pages before.
  var earlier: Set<EventID> = []

  func contains(_ id: EventID) -> Bool {
    for touch in touches where touch.id == id { return true }
    return !earlier.isEmpty && earlier.contains(id)
  }

  mutating func insert(_ touch: Touch) {
    // Events come nearly in order, so the place is found from the end.
    var place = touches.count
    while place > 0, Touch.isBefore(touch, touches[place - 1]) { place -= 1 }
    touches.insert(touch, at: place)
  }

  /// Leaves a full page behind.
  mutating func turn() {
    for touch in touches { earlier.insert(touch.id) }
    touches = []
    revenue = 0
    revision = 0
    number += 1
  }
}
