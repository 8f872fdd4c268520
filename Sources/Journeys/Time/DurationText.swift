/// Lengths of time as users write them: `30d`, `12h`, `90m`, `45s`, `2w`.
public enum DurationText {
  private static let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]

  /// Microseconds of a positive whole number with its unit.
  ///
  /// - Throws: `JourneyError.malformedText`.
  public static func microseconds(_ text: String) throws(JourneyError) -> Int64 {
    guard let unit = text.last.flatMap({ units[$0] }), let number = Int64(text.dropLast()), number > 0,
      number < 1_000_000_000
    else {
      throw JourneyError(.malformedText, "'\(text)' is no duration; write 30d, 12h, 90m, 45s or 2w")
    }
    return number * unit * 1_000_000
  }
}
