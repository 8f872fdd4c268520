import Journeys

extension ZonedCalendar {
  /// Microseconds since 1970 UTC as RFC 3339 on the local clock, to the second: for cards and messages.
  func text(_ timestamp: Int64) -> String {
    let seconds = floorDivide(local(timestamp), 1_000_000)
    let day = floorDivide(seconds, 86_400)
    let second = seconds - day * 86_400
    let clock = [second / 3600, second / 60 % 60, second % 60].map { padded($0, 2) }.joined(separator: ":")
    let minutes = offset(at: timestamp) / 60_000_000
    let size = "\(padded(abs(minutes) / 60, 2)):\(padded(abs(minutes) % 60, 2))"
    let zone = minutes == 0 ? "Z" : (minutes < 0 ? "-" : "+") + size
    return "\(CivilDate(days: day))T\(clock)\(zone)"
  }
}
