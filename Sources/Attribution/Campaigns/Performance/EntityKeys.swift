import Journeys

/// Numbers for (day, entity, part of its figures), packed into 64 bits: as many bits for each as the store needs.
struct EntityKeys: Sendable {
  private let firstDay: Int64
  private let entityBits: UInt64
  private let partBits: UInt64

  /// - Parameter days: that are told apart; nil when they are not.
  /// - Throws: `.unsolvable` for a store that needs more bits.
  init(days: ClosedRange<Int64>?, entities: Int, parts: Int) throws(AttributionError) {
    func bits(_ count: Int) -> UInt64 { UInt64(Int.bitWidth - count.leadingZeroBitCount) }
    firstDay = days?.lowerBound ?? 0
    let count = days.map { Int($0.upperBound - $0.lowerBound) + 1 } ?? 1
    entityBits = bits(entities)
    partBits = bits(parts)
    guard entityBits + partBits + bits(count) <= 64 else {
      throw AttributionError(
        .unsolvable,
        "performance: \(entities) entities with \(parts) places, devices, carriers and links on \(count) days are too "
          + "many to be counted together; ask for fewer breakdowns or a shorter time")
    }
  }

  @inline(__always)
  func key(day: Int64, entity: Int, part: Int) -> UInt64 {
    (UInt64(bitPattern: day &- firstDay) &<< entityBits | UInt64(bitPattern: Int64(entity))) &<< partBits
      | UInt64(bitPattern: Int64(part))
  }

  func parts(_ key: UInt64) -> (day: Int64, entity: Int, part: Int) {
    let rest = key >> partBits
    return (Int64(rest >> entityBits) + firstDay, Int(rest & (1 << entityBits - 1)), Int(key & (1 << partBits - 1)))
  }
}
