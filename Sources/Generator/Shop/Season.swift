/// What a day of the calendar does to trade: factors around 1 on the rates of purchases and of visits.
///
/// Weekday factors average 1. Friday and Saturday are the weekend. Ramadan lifts trade, most in its last ten days;
/// on a festival's own days shops rest; the ten days before Eid-ul-Adha and the week before Durga Puja and Pohela
/// Boishakh are lively.
package struct Season: Sendable {
  package struct Day: Sendable {
    /// Factor on the organic purchase rate: the customer's clock runs at this pace.
    package var purchases: Double
    /// Factor on visits.
    package var visits: Double
    package var isRamadan: Bool
    /// 0 is Monday.
    package var weekday: Int
    package var festivals: [Festival]
  }

  package let days: [Day]

  /// Monday to Sunday.
  private static let weekdayFactors = [0.9, 0.9, 0.9, 1.0, 1.25, 1.15, 0.9]

  package init(start: CivilDay, days count: Int) {
    let dates = Festival.dates(from: start, to: start + count)
    days = (0..<count).map { offset in
      let day = start + offset
      var season = Day(
        purchases: Self.weekdayFactors[day.weekday], visits: Self.weekdayFactors[day.weekday], isRamadan: false,
        weekday: day.weekday, festivals: [])
      for dates in dates {
        let toFirst = dates.first - day
        let isOn = toFirst <= 0 && day <= dates.last
        if isOn { season.festivals.append(dates.festival) }
        var factor = 1.0
        switch dates.festival {
        case .ramadan:
          if isOn { factor = dates.last - day < 10 ? 1.9 : 1.2 }
          season.isRamadan = season.isRamadan || isOn
        case .eidUlFitr:
          if isOn { factor = 0.5 }
        case .eidUlAdha:
          factor = isOn ? 0.5 : (1...10).contains(toFirst) ? 1.4 : 1
        case .durgaPuja:
          factor = isOn ? 1.1 : (1...7).contains(toFirst) ? 1.3 : 1
        case .pohelaBoishakh:
          factor = isOn ? 0.8 : (1...7).contains(toFirst) ? 1.35 : 1
        }
        season.purchases *= factor
        // Looking goes up less than buying, and down less on the day of the feast.
        season.visits *= 1 + (factor - 1) / 2
      }
      return season
    }
  }
}
