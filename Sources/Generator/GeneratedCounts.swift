/// What was generated so far. Produced = valid + duplicates + bad.
public struct GeneratedCounts: Sendable, Equatable {
  /// Valid events, each counted once.
  public internal(set) var valid = 0
  /// Second deliveries of valid events.
  public internal(set) var duplicates = 0
  /// Valid events whose first delivery is ten minutes to two days late.
  public internal(set) var late = 0
  var badByKind = [Int](repeating: 0, count: BadEventKind.allCases.count + 1)
  var validByType = [Int](repeating: 0, count: GeneratedEventType.allCases.count)

  public var bad: Int { badByKind.reduce(0, +) }
  /// Lines or messages in all.
  public var produced: Int { valid + duplicates + bad }

  public func count(of kind: BadEventKind) -> Int { badByKind[Int(kind.rawValue)] }
  /// Valid events of a type.
  public func count(of type: GeneratedEventType) -> Int { validByType[Int(type.rawValue)] }
}
