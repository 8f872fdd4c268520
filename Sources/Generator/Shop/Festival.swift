/// The festivals of Bangladesh that move trade, by their dates there.
///
/// Eid follows the sighting of the moon: 2023 to 2026 are the days as kept, 2027 as calculated. Outside these years
/// there is Pohela Boishakh only.
package enum Festival: UInt8, CaseIterable, Sendable {
  case ramadan, eidUlFitr, eidUlAdha, durgaPuja, pohelaBoishakh

  /// First and last day of a festival.
  package struct Dates: Sendable {
    package let festival: Festival
    package let first: CivilDay
    package let last: CivilDay
  }

  /// Year, first day of Ramadan, Eid-ul-Fitr, Eid-ul-Adha, Durga Puja's Shashthi and Dashami (month, day).
  private static let moving: [(Int, (Int, Int), (Int, Int), (Int, Int), (Int, Int), (Int, Int))] = [
    (2023, (3, 24), (4, 22), (6, 29), (10, 20), (10, 24)),
    (2024, (3, 12), (4, 11), (6, 17), (10, 9), (10, 13)),
    (2025, (3, 2), (3, 31), (6, 7), (9, 28), (10, 2)),
    (2026, (2, 19), (3, 21), (5, 28), (10, 17), (10, 21)),
    (2027, (2, 9), (3, 10), (5, 17), (10, 5), (10, 9)),
  ]

  /// Every festival of the years from `first` to `last`, in no particular order.
  package static func dates(from first: CivilDay, to last: CivilDay) -> [Dates] {
    var dates: [Dates] = []
    for year in first.components.year...(last.components.year + 1) {
      let boishakh = CivilDay(year, 4, 14)
      dates.append(Dates(festival: .pohelaBoishakh, first: boishakh, last: boishakh))
    }
    for (year, ramadan, fitr, adha, shashthi, dashami) in moving {
      let eid = CivilDay(year, fitr.0, fitr.1)
      let sacrifice = CivilDay(year, adha.0, adha.1)
      dates.append(Dates(festival: .ramadan, first: CivilDay(year, ramadan.0, ramadan.1), last: eid + -1))
      dates.append(Dates(festival: .eidUlFitr, first: eid, last: eid + 2))
      dates.append(Dates(festival: .eidUlAdha, first: sacrifice, last: sacrifice + 2))
      dates.append(
        Dates(
          festival: .durgaPuja, first: CivilDay(year, shashthi.0, shashthi.1),
          last: CivilDay(year, dashami.0, dashami.1)))
    }
    return dates
  }
}
