import Foundation
import JWTKit
import ScoreService
import TestSupport

/// Signs tokens as an identity provider does, and writes the files from which the service knows its keys.
struct Issuer {
  /// The claims of a token, also such as no decent issuer makes.
  struct Claims: JWTPayload {
    var scope: String?
    var scopes: [String]?
    var exp: Double?
    var nbf: Double?

    init(scope: String? = "scores:read", scopes: [String]? = nil, exp: Double? = nil, nbf: Double? = nil) {
      self.scope = scope
      self.scopes = scopes
      self.exp = exp
      self.nbf = nbf
    }

    enum CodingKeys: String, CodingKey { case scope, exp, nbf }

    init(from decoder: any Decoder) throws { self.init() }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      if let scopes {
        try container.encode(scopes, forKey: .scope)
      } else {
        try container.encode(scope, forKey: .scope)
      }
      try container.encodeIfPresent(exp, forKey: .exp)
      try container.encodeIfPresent(nbf, forKey: .nbf)
    }

    func verify(using algorithm: some JWTAlgorithm) {}
  }

  static let secret = "0123456789abcdef0123456789abcdef"

  let folder: TemporaryDirectory
  let secretKeys: JWTKeyCollection
  let rsaKeys: JWTKeyCollection
  let ecKeys: JWTKeyCollection
  let keyFile: String
  let jwksFile: String

  init() async throws {
    folder = try TemporaryDirectory()
    secretKeys = await JWTKeyCollection().add(hmac: HMACKey(from: Self.secret), digestAlgorithm: .sha256)
    let rsa = try Insecure.RSA.PrivateKey(pem: Self.rsaKey)
    rsaKeys = await JWTKeyCollection().add(rsa: rsa, digestAlgorithm: .sha256, kid: "rsa-1")
    let ec = ES256PrivateKey()
    ecKeys = await JWTKeyCollection().add(ecdsa: ec, kid: "ec-1")

    let (modulus, exponent) = try rsa.publicKey.getKeyPrimitives()
    let parameters = ec.publicKey.parameters
    func urlSafe(_ text: String) -> String {
      text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
    // As identity providers write them: without alg, and with keys of kinds and for purposes that are not ours.
    let jwks = """
      {"keys":[
        {"kty":"oct","kid":"secret","k":"AAAA"},
        {"kty":"RSA","kid":"rsa-1","use":"sig","n":"\(urlSafe(modulus.base64EncodedString()))",
         "e":"\(urlSafe(exponent.base64EncodedString()))"},
        {"kty":"RSA","kid":"encryption","use":"enc","n":"\(urlSafe(modulus.base64EncodedString()))","e":"AQAB"},
        {"kty":"EC","crv":"P-256","kid":"ec-1","alg":"ES256","x":"\(urlSafe(parameters?.x ?? ""))",
         "y":"\(urlSafe(parameters?.y ?? ""))"}
      ]}
      """
    keyFile = try folder.file("key", Self.secret + "\n")
    jwksFile = try folder.file("jwks.json", jwks)
  }

  func access(now: @escaping @Sendable () -> Date = { Date() }) async throws -> Access {
    .tokens(try await TokenVerifier(keyFile: keyFile, jwksFile: jwksFile, now: now))
  }

  /// HS256.
  func token(_ claims: Claims = Claims()) async throws -> String { try await secretKeys.sign(claims) }

  /// A token whose parts are put together by hand.
  static func unsigned(_ header: String, _ claims: String, signature: String = "") -> String {
    func part(_ text: String) -> String {
      Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
    return "\(part(header)).\(part(claims)).\(signature)"
  }

  /// Made for these tests, good for nothing else.
  static let rsaKey = """
    -----BEGIN PRIVATE KEY-----
    MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCa+AUn5b3qhkm8
    hp/p3rnRMzNab2ukVP8wwAH475y0BqQ56S9TsFqVY/Go0Kcb+9XDGJS2VmfJi3Kg
    6Q6LpgmsoAXWr1HgRU0QkaJCz3fLH9YsWn03oAXDOz29UV3o+ysuIeXhAERT7H0s
    46avY4vc78WZ4yLdCy6uiMO+wyaFnxvNvSHKxNUb7RmqYAGgbNFGPy7p81cimMvN
    iwUwLEuvZFMltxHd1Z27SPKydvHWUFFgRcFUayyt7DEQw2NKcpakxTl0I16k2sjo
    c6cBFijvP9o8O/69GyLP/aU0qm6bW6UjrGdK67mLK2cdr3NsXXkmNawBqgK3+Knr
    Q5kjtzQVAgMBAAECggEAFlZSs+4HInNp1H1ZNoYupYtqRwpRazX/NKEwh5fOMBrW
    +Cv28Oq2G9t0nV85/ywdI0p7QQ8SVbg+dRgyywlLUrEcNlY+CIQkuBMt3tB11XcI
    0YrXirmLqxjybMP6M9dkYXlsX7LAppIrdtl3kMdaBSYghu54+4CdoXXANVJ+znqn
    tU1kex6/hh3NnqW8eT9ZsRDo9LejyRr8GAsVQHwtqSHTICL5Xk9r4bKpyR0u6zxu
    PEJj/mB3ycH31Z8HJuPt70IM9taaMoRaGmdCv5ZqRk7kb8dn6xptmBLsTMakklSQ
    jT8cEHnjQg1cbk/CrPiYO85TjtV6p/38fC40jsE73wKBgQDQsBb3FCr0kJyJ/KNZ
    l13lo/VSD0ZJCefRh0Oy+JNBo4ZZjvI//HBMU9peWqS+0jKed9hi9fX2D5FMbkBc
    1luNE37zRGbOGpCJK4UpcvZ85zD9D+FQSlxVrFdz5DFRKetN32tQt41hSkRECvhX
    Zl8RAi0yg1T2NtzZCBPxaceKSwKBgQC+Gin8rwHC0bYqjnC7hU2M1yhoPVE9gFB4
    HM+SZtJItOdUvaQcKtepQkpLBDtmiQumqsjuwB0bWZF/QFiJ4IdDXd3BzlnaGZD6
    B6nbCmnSP/znUUu3hsa/9H6oPLt5NFMd4zRwB8ce2AXQjIm+k46IUx4hk6it/nE1
    aQqW6W8/HwKBgAR/Br+kC5jhVL4UV2Cixj8gXTS7Z4RDVl9JTsgYWvPbFhXv4oBG
    bBT46YeG5G3IEZcgdeUL75SxmSvQZEqbw7UyalXLb3uZTuvlqCTQeUcPpBqPsQcN
    0xd1cxzoGbfp80vmOGWwzrb95qKgqeEYL4wqQ9cGxVnYrMFwTx2wbcApAoGBAKwb
    +AODVm7ResHQsBO2Pl3StgyZ5yFtOG1meC8t1BhrYD0CbL/rsdDV6Xk9XaIZVWkR
    mlU9rZyDXQz+bqp1k0DUjN7YOdUR7IXRxmA/b0shD5FFsu13oh1L+BfM1FaJnu6i
    M2lyQT6Vib4kXtkhspuN1OvFSaQthsU6UpIKyeM1AoGAdgMQbcFR2WTHmmdmQ4cp
    vCYxVmfSm4uXhd1AkIVLGBS+UycXbcHUSV/9OF+JhYebSnQzqhcMIca5jt8oxIi0
    Amb7EpNx9BjQso4Ld00YhFG1gJyCfk4FVcYYJDKerLHAbBjxDINJ5d/JlFv9j6ei
    rYpEW2WLYJo5RpBbTGBdApU=
    -----END PRIVATE KEY-----
    """
}
