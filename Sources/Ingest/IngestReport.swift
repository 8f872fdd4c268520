/// How far an ingest has come, and at its end what it did.
public struct IngestReport: Sendable, Equatable {
  /// The first delivery that broke a rule.
  public struct Example: Sendable, Equatable {
    /// `topic/partition@offset`, or `file:path@line`.
    public var place: String
    /// What is wrong, without the values.
    public var reason: String
  }

  /// Of this run.
  public var counts = IngestCounts()
  /// Of all runs on the partitions that this run has read.
  public var totals = IngestCounts()
  public var batches = 0
  /// By the rule's code.
  public var firstDeadLetters: [String: Example] = [:]
  /// The store's complaint while a batch waits for it; nil when all is well.
  public var waitsFor: String?

  public init() {}
}
