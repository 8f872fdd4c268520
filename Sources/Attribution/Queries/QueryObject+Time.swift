import Journeys

extension QueryObject {
  /// The calendar of `timezone` (UTC) and `week_start` (Sunday).
  package func calendar() throws(AttributionError) -> ZonedCalendar {
    var weekStart = ZonedCalendar.WeekStart.sunday
    if let field = self["week_start"] {
      guard let start = ZonedCalendar.WeekStart(rawValue: try field.text()) else {
        throw field.error("can be sunday or monday")
      }
      weekStart = start
    }
    let zone = try self["timezone"]?.text() ?? "UTC"
    do throws(JourneyError) {
      return try ZonedCalendar(zone, weekStart: weekStart)
    } catch {
      throw (self["timezone"] ?? value).error(error.message)
    }
  }

  /// From `date_from` to `date_to`, both included; a date as the end is the whole day.
  package func period(_ calendar: ZonedCalendar) throws(AttributionError) -> ClosedRange<Int64>? {
    let (from, to) = (try self["date_from"]?.text(), try self["date_to"]?.text())
    do throws(JourneyError) {
      return try calendar.period(from: from, to: to)
    } catch {
      throw value.error(error.message)
    }
  }
}
