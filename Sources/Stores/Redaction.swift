/// Takes the values out of what a database says, and keeps the reason.
enum Redaction {
  /// MongoDB quotes values, whole commands and key values after the reason: cut there.
  static func mongoDB(_ text: String) -> String {
    let marks = ["{", "\"", "'", "`", " dup key", ": ["]
    let end = marks.compactMap { text.firstRange(of: $0)?.lowerBound }.min() ?? text.endIndex
    return tidy(text[..<end])
  }

  /// PostgreSQL's primary message quotes names, which help, but for a data exception (class 22) the value itself.
  static func postgreSQL(_ text: String, sqlState: String?) -> String {
    guard sqlState?.hasPrefix("22") == true else { return tidy(text[...]) }
    let end = text.firstRange(of: "\"")?.lowerBound ?? text.endIndex
    return tidy(text[..<end])
  }

  /// One line without punctuation at its end, so that it can stand within a sentence.
  private static func tidy(_ text: Substring) -> String {
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return String(words.reversed().drop { ":.,;".contains($0) }.reversed())
  }
}
