import Foundation
import JWTKit

/// The claims that matter here (RFC 7519, and `scope` of RFC 8693).
struct AccessToken: JWTPayload {
  /// A text with blanks between, or an array of texts.
  var scopes: Set<String>
  /// Seconds since 1970; nil for a token without an end.
  var expires: Double?
  var notBefore: Double?

  /// Clocks may differ by this many seconds.
  private static let leeway = 60.0

  enum CodingKeys: String, CodingKey {
    case scopes = "scope"
    case expires = "exp"
    case notBefore = "nbf"
  }

  init(scopes: Set<String>, expires: Double? = nil, notBefore: Double? = nil) {
    self.scopes = scopes
    self.expires = expires
    self.notBefore = notBefore
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    expires = try container.decodeIfPresent(Double.self, forKey: .expires)
    notBefore = try container.decodeIfPresent(Double.self, forKey: .notBefore)
    if let list = try? container.decodeIfPresent([String].self, forKey: .scopes) {
      scopes = Set(list)
    } else {
      let text = try container.decodeIfPresent(String.self, forKey: .scopes) ?? ""
      scopes = Set(text.split(separator: " ").map(String.init))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(scopes.sorted().joined(separator: " "), forKey: .scopes)
    try container.encodeIfPresent(expires, forKey: .expires)
    try container.encodeIfPresent(notBefore, forKey: .notBefore)
  }

  /// The times are held against the verifier's clock by `isCurrent`.
  func verify(using algorithm: some JWTAlgorithm) {}

  func problem(at now: Date) -> TokenProblem? {
    let seconds = now.timeIntervalSince1970
    if let expires, !(seconds < expires + Self.leeway) { return .expired }
    if let notBefore, !(seconds >= notBefore - Self.leeway) { return .notYet }
    return nil
  }
}

/// Why a token is not accepted, in words that may be told to whoever sent it.
enum TokenProblem: String, Error {
  case malformed = "the token is malformed"
  case algorithm = "the token's algorithm is not accepted here"
  case signature = "no key of this service signed the token"
  case expired = "the token has expired"
  case notYet = "the token is not valid yet"
}
