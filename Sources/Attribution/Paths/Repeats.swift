/// What becomes of touches of a path whose key it has already.
public enum Repeats: String, Codable, Sendable, CaseIterable {
  /// They stay.
  case all
  /// Neighbours with the same key become one touch, the last of them.
  case merged
  /// Only the first touch of each key stays.
  case first
  /// Only the last touch of each key stays.
  case last
  /// Only which keys there are counts, not their order: each once, in the order of the dictionary.
  case unique
}
