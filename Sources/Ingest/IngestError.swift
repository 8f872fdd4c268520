/// What stops an ingest beside errors of Kafka (`KafkaError`), MongoDB (`StoreError`) and files (`JourneyError`).
public struct IngestError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// Dead letters cannot be kept, so going on would lose them.
    case deadLetters
  }

  public let code: Code
  public let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
