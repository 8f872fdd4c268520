/// Touches with the days that they were looked at, as `AdditiveHazard` is fitted to them.
package struct HazardJourneys: Sendable {
  /// The shortest time that is told from none, a second: a conversion at the very instant of its touch came so long
  /// after it. Without a shortest time a touch key that converts at once would have no finite rate.
  package static let shortest = 1.0 / 86_400

  package let keyCount: Int
  /// Of conversions, one after the other: keys, and days from the touch to the conversion.
  private(set) var keys: [Int32] = []
  private(set) var days: [Double] = []
  /// By conversion: where its touches end, and what it is worth.
  private(set) var ends: [Int] = []
  private(set) var credits: [Credit] = []
  /// Of journeys that came to nothing: keys, and days from the touch until nobody looked any more.
  private(set) var nullKeys: [Int32] = []
  private(set) var nullDays: [Double] = []
  /// Neighbours of the same weight: where they end, and for how many journeys each stands.
  private(set) var runEnds: [Int] = []
  private(set) var runWeights: [Double] = []

  package init(keys: Int) { keyCount = keys }

  /// A journey that converted.
  ///
  /// - Parameter touches: keys, and days from the touch to the conversion; at least one.
  package mutating func append(_ touches: some Sequence<(key: Int, days: Double)>, _ credit: Credit) {
    for touch in touches {
      keys.append(Int32(touch.key))
      days.append(max(Self.shortest, touch.days))
    }
    ends.append(keys.count)
    credits.append(credit)
  }

  /// A touch of so many journeys that came to nothing.
  package mutating func append(null key: Int, days: Double, weight: Double = 1) {
    nullKeys.append(Int32(key))
    nullDays.append(max(Self.shortest, days))
    if runWeights.last == weight {
      runEnds[runEnds.count - 1] = nullKeys.count
    } else {
      runEnds.append(nullKeys.count)
      runWeights.append(weight)
    }
  }

  /// By key, the number of touches.
  var touches: [Double] {
    var touches = Array(repeating: 0.0, count: keyCount)
    forEachConversion { keys, _, credit in
      for key in keys { touches[Int(key)] += credit.conversions }
    }
    forEachNull { key, _, weight in touches[key] += weight }
    return touches
  }

  /// Keys and days of the touches of every conversion, and what it is worth.
  @inline(__always)
  func forEachConversion(_ body: (UnsafeBufferPointer<Int32>, UnsafePointer<Double>, Credit) -> Void) {
    keys.withUnsafeBufferPointer { keys in
      days.withUnsafeBufferPointer { days in
        guard let firstKey = keys.baseAddress, let firstDay = days.baseAddress else { return }
        var place = 0
        for conversion in ends.indices {
          let count = ends[conversion] &- place
          body(UnsafeBufferPointer(start: firstKey + place, count: count), firstDay + place, credits[conversion])
          place = ends[conversion]
        }
      }
    }
  }

  /// Key, days and weight of every touch of journeys that came to nothing.
  @inline(__always)
  func forEachNull(_ body: (Int, Double, Double) -> Void) {
    nullKeys.withUnsafeBufferPointer { keys in
      nullDays.withUnsafeBufferPointer { days in
        var place = 0
        for run in runEnds.indices {
          for touch in place..<runEnds[run] { body(Int(keys[touch]), days[touch], runWeights[run]) }
          place = runEnds[run]
        }
      }
    }
  }
}

extension HazardJourneys {
  private static let microsecondsPerDay = 86_400e6

  /// - Parameter place: of a touch key.
  init<Sum>(_ exposures: Exposures<Sum>, keys: Int, place: [Int]) {
    self.init(keys: keys)
    var start = 0
    for (end, sum) in zip(exposures.ends, exposures.credits) {
      append(
        (start..<end).lazy.map {
          (place[Int(exposures.keys[$0])], Double(exposures.ages[$0]) / Self.microsecondsPerDay)
        }, sum.inDoubles)
      start = end
    }
    start = 0
    for (end, weight) in zip(exposures.runEnds, exposures.runWeights) {
      for touch in start..<end {
        append(
          null: place[Int(exposures.nullKeys[touch])],
          days: Double(exposures.nullAges[touch]) / Self.microsecondsPerDay, weight: weight.inDoubles)
      }
      start = end
    }
    let window = Double(exposures.window) / Self.microsecondsPerDay
    for (key, count) in exposures.expired.sorted() {
      append(null: place[Int(key)], days: window, weight: count.inDoubles)
    }
  }
}
