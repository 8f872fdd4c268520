/// Who may use the service.
public enum Access: Sendable {
  /// Whoever has a token that one of the keys signed.
  case tokens(TokenVerifier)
  /// Everybody who can reach the address: for trials on the own machine.
  case everybody

  /// What a token must be good for, by its claim `scope`.
  enum Scope: String, Sendable {
    case scoresRead = "scores:read"
  }
}
