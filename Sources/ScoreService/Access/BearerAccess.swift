import HTTPTypes
import Hummingbird

/// Lets a request pass whose bearer token (RFC 6750) is in order and good for the scope.
struct BearerAccess: RouterMiddleware {
  let access: Access
  /// Nil where any token will do.
  let scope: Access.Scope?

  func handle(
    _ request: Request, context: ServiceContext, next: (Request, ServiceContext) async throws -> Response
  ) async throws -> Response {
    guard case .tokens(let verifier) = access else { return try await next(request, context) }
    guard let token = Self.token(request) else {
      throw Problem(
        .unauthorized, "token_missing", "send a bearer token: Authorization: Bearer …",
        headers: [.wwwAuthenticate: Self.challenge()])
    }
    let scopes: Set<String>
    do throws(TokenProblem) {
      scopes = try await verifier.verify(token)
    } catch {
      throw Problem(
        .unauthorized, "token_invalid", error.rawValue,
        headers: [.wwwAuthenticate: Self.challenge(error: "invalid_token", error.rawValue)])
    }
    if let scope, !scopes.contains(scope.rawValue) {
      let reason = "the token lacks the scope \(scope.rawValue)"
      throw Problem(
        .forbidden, "scope_missing", reason,
        headers: [
          .wwwAuthenticate: Self.challenge(error: "insufficient_scope", reason) + ", scope=\"\(scope.rawValue)\""
        ])
    }
    return try await next(request, context)
  }

  private static func token(_ request: Request) -> String? {
    guard let header = request.headers[.authorization] else { return nil }
    let parts = header.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    return String(parts[1])
  }

  /// The value of `WWW-Authenticate` (RFC 6750, section 3).
  private static func challenge(error: String? = nil, _ description: String = "") -> String {
    var text = "Bearer realm=\"marketing-analytics\""
    if let error { text += ", error=\"\(error)\", error_description=\"\(description)\"" }
    return text
  }
}
