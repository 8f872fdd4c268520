import Journeys

/// What became of deliveries.
///
/// `read = applied + redelivered + duplicates + deadLetters`. Every delivery is in one of them, so over all runs on a
/// topic, killed ones too, `produced = applied + duplicates + dead letters` once all has been read; in a single
/// undisturbed run `redelivered` is 0.
public struct IngestCounts: Sendable, Equatable, Codable {
  /// Deliveries that came.
  public var read = 0
  /// Events that count: the first delivery of an id.
  public var applied = 0
  /// Deliveries that had been accounted for already, as after a crash before the commit or in a second run on a file.
  public var redelivered = 0
  /// Deliveries of an id that came before by another delivery.
  public var duplicates = 0
  /// Those of the duplicates that name another customer or month than the first, which holds.
  public var conflicting = 0
  /// Deliveries that break a rule, by the rule's code.
  public var deadLettersByCode: [String: Int] = [:]

  public var deadLetters: Int { deadLettersByCode.values.reduce(0, +) }

  public init() {}

  static func += (left: inout IngestCounts, right: IngestCounts) {
    left.read += right.read
    left.applied += right.applied
    left.redelivered += right.redelivered
    left.duplicates += right.duplicates
    left.conflicting += right.conflicting
    left.deadLettersByCode.merge(right.deadLettersByCode, uniquingKeysWith: +)
  }
}
