import Foundation
import Hummingbird
import HummingbirdTesting
import JWTKit
import ScoreService
import Scoring
import Testing

@Suite struct AccessTests {
  private static let now = Date(timeIntervalSince1970: 1_750_000_000)

  private func withIssuer(
    _ test: @escaping @Sendable (any TestClientProtocol, Issuer) async throws -> Void
  ) async throws {
    let issuer = try await Issuer()
    let access = try await issuer.access(now: { Self.now })
    try await withService(access: access) { try await test($0, issuer) }
  }

  @Test func tokensOfAllThreeAlgorithmsPass() async throws {
    try await withIssuer { client, issuer in
      let claims = Issuer.Claims(exp: Self.now.timeIntervalSince1970 + 60)
      let tokens = [
        try await issuer.token(claims), try await issuer.rsaKeys.sign(claims, kid: "rsa-1"),
        try await issuer.ecKeys.sign(claims, kid: "ec-1"),
      ]
      for token in tokens {
        #expect(try await client.get("/v1/customers/a/scores", token: token).status == .ok)
        #expect(try await client.lookUp(#"{"customer_ids":["a"]}"#, token: token).status == .ok)
        #expect(try await client.get("/openapi.json", token: token).status == .ok)
      }
    }
  }

  @Test func theFirstThreeNeedNoToken() async throws {
    try await withIssuer { client, _ in
      for path in ["/healthz", "/readyz", "/metrics"] {
        for token in [nil, "nonsense"] {
          let response = try await client.get(path, token: token)
          #expect(response.status == .ok)
        }
      }
    }
  }

  @Test func withoutATokenTheOthersAskForOne() async throws {
    try await withIssuer { client, _ in
      var responses: [TestResponse] = []
      for path in ["/openapi.json", "/v1/customers/a/scores"] { responses.append(try await client.get(path)) }
      responses.append(try await client.lookUp(#"{"customer_ids":["a"]}"#))
      for scheme in ["Basic YTpi", "Bearer", "bearer a b"] {
        responses.append(try await client.get("/v1/customers/a/scores", headers: [.authorization: scheme]))
      }
      for response in responses {
        #expect(deviation(response, status: 401, code: "token_missing") == nil)
        #expect(response.headers[.wwwAuthenticate] == #"Bearer realm="marketing-analytics""#)
      }
    }
  }

  @Test func tokensThatAreNotInOrderAreRefused() async throws {
    try await withIssuer { client, issuer in
      let seconds = Self.now.timeIntervalSince1970
      let other = await JWTKeyCollection().add(
        hmac: "another key of thirty-two bytes!", digestAlgorithm: .sha256)
      let otherEC = await JWTKeyCollection().add(ecdsa: ES256PrivateKey(), kid: "ec-1")
      let publicKey = try Insecure.RSA.PrivateKey(pem: Issuer.rsaKey).publicKey.pemRepresentation
      let confused = await JWTKeyCollection().add(
        hmac: HMACKey(from: publicKey), digestAlgorithm: .sha256, kid: "rsa-1")
      let wide = await JWTKeyCollection().add(
        hmac: HMACKey(from: Issuer.secret + Issuer.secret), digestAlgorithm: .sha512)
      let good = try await issuer.token()
      let claims = #"{"scope":"scores:read"}"#
      var parts = good.split(separator: ".").map(String.init)
      parts[1] =
        Issuer.unsigned("", #"{"scope":"scores:read analytics:read"}"#).split(separator: ".").map(String.init)[0]
      let tokens = [
        "expired": try await issuer.token(.init(exp: seconds - 61)),
        "not yet valid": try await issuer.token(.init(nbf: seconds + 61)),
        "another secret": try await other.sign(Issuer.Claims()),
        "another EC key": try await otherEC.sign(Issuer.Claims(), kid: "ec-1"),
        "unknown key id": try await issuer.rsaKeys.sign(Issuer.Claims(), kid: "rsa-9"),
        "key for encryption": try await JWTKeyCollection()
          .add(rsa: Insecure.RSA.PrivateKey(pem: Issuer.rsaKey), digestAlgorithm: .sha256, kid: "encryption")
          .sign(Issuer.Claims(), kid: "encryption"),
        "public key as secret": try await confused.sign(Issuer.Claims(), kid: "rsa-1"),
        "HS512": try await wide.sign(Issuer.Claims()),
        "no algorithm": Issuer.unsigned(#"{"alg":"none"}"#, claims),
        "NONE": Issuer.unsigned(#"{"alg":"NONE"}"#, claims),
        "none with a signature": Issuer.unsigned(#"{"alg":"none"}"#, claims, signature: "AAAA"),
        "empty signature": Issuer.unsigned(#"{"alg":"HS256"}"#, claims),
        "changed claims": parts.joined(separator: "."),
        "extension that must be understood": try await issuer.secretKeys.sign(
          Issuer.Claims(), header: ["crit": ["b64"]]),
        "two parts": good.split(separator: ".").prefix(2).joined(separator: "."),
        "four parts": good + ".AAAA",
        "no base64": "!.!.!",
        "nonsense": "nonsense",
        "expiry that is no number": try await issuer.secretKeys.sign(WrongClaims()),
      ]
      for (name, token) in tokens {
        let response = try await client.get("/v1/customers/a/scores", token: token)
        #expect(deviation(response, status: 401, code: "token_invalid") == nil, "\(name)")
        #expect(response.headers[.wwwAuthenticate]?.contains(#"error="invalid_token""#) == true, "\(name)")
        #expect(!response.text.contains(token), "\(name)")
      }
    }
  }

  @Test func clocksMayDifferByAMinute() async throws {
    try await withIssuer { client, issuer in
      let seconds = Self.now.timeIntervalSince1970
      for claims in [Issuer.Claims(exp: seconds - 59), Issuer.Claims(nbf: seconds + 59)] {
        let token = try await issuer.token(claims)
        #expect(try await client.get("/v1/customers/a/scores", token: token).status == .ok)
      }
    }
  }

  @Test func theScopeDecides() async throws {
    try await withIssuer { client, issuer in
      for claims in [
        Issuer.Claims(scope: "analytics:read scores:read"), Issuer.Claims(scopes: ["scores:read", "analytics:read"]),
      ] {
        let token = try await issuer.token(claims)
        #expect(try await client.get("/v1/customers/a/scores", token: token).status == .ok)
      }
      for claims in [
        Issuer.Claims(scope: "analytics:read"), Issuer.Claims(scope: nil), Issuer.Claims(scope: "scores:readonly"),
        Issuer.Claims(scopes: ["analytics:read"]), Issuer.Claims(scopes: []),
      ] {
        let token = try await issuer.token(claims)
        for response in [
          try await client.get("/v1/customers/a/scores", token: token),
          try await client.lookUp(#"{"customer_ids":["a"]}"#, token: token),
        ] {
          #expect(deviation(response, status: 403, code: "scope_missing") == nil)
          let challenge = try #require(response.headers[.wwwAuthenticate])
          #expect(challenge.contains(#"error="insufficient_scope""#))
          #expect(challenge.contains(#"scope="scores:read""#))
        }
        #expect(try await client.get("/openapi.json", token: token).status == .ok)
      }
    }
  }
}

private struct WrongClaims: JWTPayload {
  var scope = "scores:read"
  var exp = "soon"

  func verify(using algorithm: some JWTAlgorithm) {}
}

@Suite struct TokenVerifierTests {
  @Test func keysThatAreNoneKeepTheServiceFromStarting() async throws {
    let issuer = try await Issuer()
    let short = try issuer.folder.file("short", "0123456789abcdef0123456789abcde\n\n")
    let empty = try issuer.folder.file("empty.json", #"{"keys":[]}"#)
    let foreign = try issuer.folder.file("foreign.json", #"{"keys":[{"kty":"oct","k":"AAAA"}]}"#)
    let cases: [(String?, String?, ScoreServiceError.Code)] = [
      (nil, nil, .unusableKeys), (short, nil, .unusableKeys), (nil, empty, .unusableKeys),
      (nil, foreign, .unusableKeys),
      (nil, issuer.keyFile, .unusableKeys), ("/nowhere/key", nil, .unreadable), (nil, "/nowhere/jwks", .unreadable),
      (issuer.keyFile, "/nowhere/jwks", .unreadable),
    ]
    for (keyFile, jwksFile, code) in cases {
      let error = await #expect(throws: ScoreServiceError.self) {
        try await TokenVerifier(keyFile: keyFile, jwksFile: jwksFile)
      }
      #expect(error?.code == code)
      #expect(error?.message.contains("0123456789abcdef") == false)
    }
  }

  @Test func withoutTokensOnlyTheOwnMachineMayAsk() throws {
    for host in ["0.0.0.0", "::", "192.0.2.1", "example.org"] {
      let error = #expect(throws: ScoreServiceError.self) {
        try ScoreService(
          .init(host: host), store: MemoryScoreStore(), access: .everybody, logger: LogRecord().logger)
      }
      #expect(error?.code == .settings)
    }
    for host in ["127.0.0.1", "::1", "localhost"] {
      _ = try ScoreService(.init(host: host), store: MemoryScoreStore(), access: .everybody, logger: LogRecord().logger)
    }
  }
}
