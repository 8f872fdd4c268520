import Foundation
import JWTKit

/// Checks the signatures of tokens: HS256 with a key of our own, RS256 and ES256 with the public keys of an issuer.
///
/// A token is held only against keys of the algorithm it names, so no public key can pass for a secret one, and `none`
/// has no keys at all.
public struct TokenVerifier: Sendable {
  private struct Key: Sendable {
    var id: String?
    var algorithm: String
    var keys: JWTKeyCollection
  }

  /// HS256 wants a key at least as long as its hash (RFC 7518, section 3.2).
  private static let leastKeyLength = 32

  private let keys: [Key]
  private let now: @Sendable () -> Date

  /// - Parameters:
  ///   - keyFile: its bytes, without blanks and line ends around them, are the key of HS256; at least 32 bytes.
  ///   - jwksFile: a JSON Web Key Set (RFC 7517) with RSA keys for RS256 and P-256 keys for ES256.
  /// - Throws: `ScoreServiceError` `.unreadable`, `.unusableKeys`.
  public init(
    keyFile: String?, jwksFile: String?, now: @escaping @Sendable () -> Date = { Date() }
  ) async throws {
    var keys: [Key] = []
    if let keyFile { keys.append(try await Self.secret(keyFile)) }
    if let jwksFile { keys += try await Self.keySet(jwksFile) }
    guard !keys.isEmpty else {
      throw ScoreServiceError(.unusableKeys, "tokens: neither a key file nor a JWKS file is set")
    }
    self.keys = keys
    self.now = now
  }

  /// The scopes of a token that is in order.
  func verify(_ token: String) async throws(TokenProblem) -> Set<String> {
    let header = try Self.header(token)
    guard header.crit == nil else { throw .malformed }
    let candidates = keys.filter { $0.algorithm == header.alg }
    guard !candidates.isEmpty else { throw .algorithm }
    for key in candidates where key.id == nil || header.kid == nil || key.id == header.kid {
      if let claims = try await Self.verified(token, by: key) {
        if let problem = claims.problem(at: now()) { throw problem }
        return claims.scopes
      }
    }
    throw .signature
  }

  /// The claims if the key signed them; nil if not.
  private static func verified(_ token: String, by key: Key) async throws(TokenProblem) -> AccessToken? {
    do {
      return try await key.keys.verify(token, as: AccessToken.self)
    } catch let error as JWTError where error.errorType == .malformedToken {
      throw .malformed
    } catch {
      return nil
    }
  }

  private struct Header: Decodable {
    var alg: String
    var kid: String?
    /// Extensions that must be understood (RFC 7515, section 4.1.11): none is.
    var crit: [String]?
  }

  private static func header(_ token: String) throws(TokenProblem) -> Header {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    var text = String(parts[0]).replacing("-", with: "+").replacing("_", with: "/")
    text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    guard parts.count == 3, let data = Data(base64Encoded: text),
      let header = try? JSONDecoder().decode(Header.self, from: data)
    else { throw .malformed }
    return header
  }

  private static func secret(_ path: String) async throws -> Key {
    let data = try contents(path, "key file")
    let blanks = Set(" \t\r\n".utf8)
    let key = Array(data.drop { blanks.contains($0) }.reversed().drop { blanks.contains($0) }.reversed())
    guard key.count >= leastKeyLength else {
      throw ScoreServiceError(
        .unusableKeys,
        "tokens: the key in \(path) has \(key.count) bytes; HS256 needs at least \(leastKeyLength), for instance from "
          + "'openssl rand -hex 32'")
    }
    let keys = await JWTKeyCollection().add(hmac: HMACKey(from: key), digestAlgorithm: .sha256)
    return Key(id: nil, algorithm: "HS256", keys: keys)
  }

  /// A set may hold keys for other purposes or of kinds that are not ours: they are left out.
  private struct KeySet: Decodable {
    struct Entry: Decodable {
      var key: JWK?
      var use: String?

      enum CodingKeys: CodingKey { case use }

      init(from decoder: any Decoder) throws {
        key = try? JWK(from: decoder)
        use = try? decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(String.self, forKey: .use)
      }
    }

    var keys: [Entry]
  }

  private static func keySet(_ path: String) async throws -> [Key] {
    let data = try contents(path, "JWKS file")
    guard let set = try? JSONDecoder().decode(KeySet.self, from: data) else {
      throw ScoreServiceError(.unusableKeys, "tokens: \(path) is no JSON Web Key Set: {\"keys\":[…]}")
    }
    var keys: [Key] = []
    for entry in set.keys where entry.use == nil || entry.use == "sig" {
      guard var key = entry.key, let algorithm = algorithm(of: key) else { continue }
      let id = key.keyIdentifier?.string
      key.algorithm = algorithm
      key.keyIdentifier = key.keyIdentifier ?? "default"
      // A private half is not needed to check a signature.
      key.privateExponent = nil
      guard let collection = try? await JWTKeyCollection().add(jwk: key, isDefault: true) else { continue }
      keys.append(Key(id: id, algorithm: algorithm.rawValue, keys: collection))
    }
    guard !keys.isEmpty else {
      throw ScoreServiceError(
        .unusableKeys, "tokens: \(path) holds no key for RS256 (RSA of 2048 bits or more) or ES256 (EC P-256)")
    }
    return keys
  }

  private static func algorithm(of key: JWK) -> JWK.Algorithm? {
    switch (key.keyType, key.algorithm) {
    case (.rsa, nil), (.rsa, .rs256): .rs256
    case (.ecdsa, nil) where key.curve == .ecdsa(.p256): .es256
    case (.ecdsa, .es256): .es256
    default: nil
    }
  }

  private static func contents(_ path: String, _ what: String) throws -> Data {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ScoreServiceError(.unreadable, "tokens: the \(what) \(path) cannot be read; check its name and its rights")
    }
    return data
  }
}
