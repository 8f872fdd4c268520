import Journeys

/// Numbers for (day, touches in the path, campaign), packed into 64 bits.
///
/// How many bits each gets follows from the store: as many as its days, its events and its campaigns need.
struct CampaignDayKeys: Sendable {
  private let firstDay: Int64
  private let campaignBits: UInt64
  private let lengthBits: UInt64

  /// - Throws: `.unsolvable` for a store that needs more bits.
  init(_ store: JourneyStore, _ calendar: ZonedCalendar) throws(AttributionError) {
    let days = (store.manifest.firstTimestamp, store.manifest.lastTimestamp)
    firstDay = days.0.map(calendar.day) ?? 0
    let lastDay = days.1.map(calendar.day) ?? 0
    func bits(_ count: Int) -> UInt64 { UInt64(Int.bitWidth - count.leadingZeroBitCount) }
    campaignBits = bits(store.campaignNames.count)
    lengthBits = bits(store.eventCount)
    guard campaignBits + lengthBits + bits(Int(lastDay - firstDay)) <= 64 else {
      throw AttributionError(
        .unsolvable,
        "campaign days: \(store.campaignNames.count) campaigns, \(store.eventCount) events and "
          + "\(lastDay - firstDay + 1) days are too many to be counted together; take a shorter time or fewer customers"
      )
    }
  }

  /// - Parameters:
  ///   - length: of a path whose touches share a conversion; 0 where nothing is shared.
  ///   - campaign: code of the campaign.
  @inline(__always)
  func key(day: Int64, length: Int = 0, campaign: Int) -> UInt64 {
    (UInt64(bitPattern: day &- firstDay) << lengthBits | UInt64(bitPattern: Int64(length))) << campaignBits
      | UInt64(bitPattern: Int64(campaign))
  }

  func parts(_ key: UInt64) -> (day: Int64, length: Int, campaign: Int32) {
    let rest = key >> campaignBits
    return (
      Int64(rest >> lengthBits) + firstDay, Int(rest & (1 << lengthBits - 1)), Int32(key & (1 << campaignBits - 1))
    )
  }
}
