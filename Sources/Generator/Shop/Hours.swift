/// When in the day a customer is active, local time: two personal peaks over the habit of the population.
package struct Hours: Sendable {
  /// The habit of the population, in 1/256 for each hour.
  private static let base: [Int] = [
    6, 3, 2, 1, 1, 2, 4, 7, 10, 13, 14, 14, 13, 12, 11, 11, 11, 12, 14, 17, 21, 24, 20, 13,
  ]
  /// The habit in Ramadan: before dawn and after iftar.
  private static let ramadan: [Int] = [
    13, 9, 10, 22, 12, 3, 2, 3, 5, 8, 9, 9, 9, 8, 8, 8, 7, 4, 6, 16, 22, 25, 22, 16,
  ]
  /// Hours around a peak, in 1/32 for each of the offsets -3 … 3.
  private static let bump: [Int] = [1, 3, 7, 10, 7, 3, 1]
  /// Shares of the first peak, of the second and of the population's habit.
  private static let mixture = (first: 0.55, second: 0.25, base: 0.2)

  private let baseHours: [UInt8]
  private let ramadanHours: [UInt8]
  private let offsets: [Int8]
  /// Relative activity by (first peak, second peak, hour); 1 on average.
  private let activity: [Float]

  package init() {
    func slots(_ weights: [Int]) -> [UInt8] {
      weights.enumerated().flatMap { [UInt8](repeating: UInt8($0.offset), count: $0.element) }
    }
    baseHours = slots(Self.base)
    ramadanHours = slots(Self.ramadan)
    offsets = Self.bump.enumerated().flatMap { [Int8](repeating: Int8($0.offset - 3), count: $0.element) }
    var activity = [Float](repeating: 0, count: 24 * 24 * 24)
    for first in 0..<24 {
      for second in 0..<24 {
        let profile = Self.profile(first: first, second: second)
        for hour in 0..<24 { activity[(first * 24 + second) * 24 + hour] = Float(profile[hour] * 24) }
      }
    }
    self.activity = activity
  }

  /// The probability of each hour on an ordinary day; sums to 1.
  package static func profile(first: Int, second: Int) -> [Double] {
    (0..<24).map { hour in
      func near(_ peak: Int) -> Double {
        let distance = (hour - peak + 36) % 24 - 12
        return abs(distance) <= 3 ? Double(bump[distance + 3]) / 32 : 0
      }
      return mixture.first * near(first) + mixture.second * near(second) + mixture.base * Double(base[hour]) / 256
    }
  }

  /// The activity of an hour against the average hour of the same customer.
  func relativeActivity(first: UInt8, second: UInt8, hour: Int) -> Double {
    Double(activity[(Int(first) * 24 + Int(second)) * 24 + hour])
  }

  /// An hour at which the customer is active on a day.
  func draw(first: UInt8, second: UInt8, on day: Season.Day, _ random: inout RandomStream) -> Int {
    let bits = random.next()
    let choice = Mix.upperUniform(bits)
    if day.isRamadan && bits & 0xFF < 0x66 { return Int(ramadanHours[Int(bits >> 8 & 0xFF)]) }
    var hour: Int
    if choice < Self.mixture.first {
      hour = (Int(first) + Int(offsets[Int(bits >> 8 & 31)]) + 24) % 24
    } else if choice < Self.mixture.first + Self.mixture.second {
      hour = (Int(second) + Int(offsets[Int(bits >> 8 & 31)]) + 24) % 24
    } else {
      hour = Int(baseHours[Int(bits >> 8 & 0xFF)])
    }
    // Friday's prayer at noon: most come back in the afternoon.
    if day.weekday == 4 && (hour == 12 || hour == 13) && bits >> 16 & 0xFF < 0xB3 { hour += 3 }
    return hour
  }
}
