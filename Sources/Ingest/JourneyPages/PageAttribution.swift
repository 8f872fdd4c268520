import Journeys

/// `attribution` of a journey document: of that document's own entries, whatever order they came in.
struct PageAttribution: Equatable {
  /// Campaigns of the first and the last engagement that names one, up to the last purchase if there is any.
  var firstTouch: Int32?
  var lastTouch: Int32?
  /// Channels of the engagements (event types where there is none) up to the last purchase, repeats left out, and
  /// `purchase`; empty without a purchase.
  var path: [Int32] = []

  init(_ touches: [JourneyPage.Touch], _ names: Names) {
    let lastPurchase = touches.lastIndex { names.metric(ofType: $0.touchpoint) == .conversions }
    for touch in touches[...(lastPurchase ?? touches.count - 1)] {
      if names.metric(ofType: touch.touchpoint) == .conversions {
        append(touch.touchpoint)
      } else if let kind = names.engagement(ofType: touch.touchpoint),
        kind == .always || touch.channel != Names.none
      {
        if touch.campaign != Names.none {
          firstTouch = firstTouch ?? touch.campaign
          lastTouch = touch.campaign
        }
        append(touch.channel == Names.none ? touch.touchpoint : touch.channel)
      }
    }
    if lastPurchase == nil { path = [] }
  }

  private mutating func append(_ step: Int32) {
    if path.last != step { path.append(step) }
  }
}
