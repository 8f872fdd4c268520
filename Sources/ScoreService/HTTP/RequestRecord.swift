import Foundation
import HTTPTypes
import Hummingbird
import Logging

/// Gives every request an id, logs it by its route and counts it. Paths, which hold customer ids, stay out of both.
struct RequestRecord: RouterMiddleware {
  let metrics: ServiceMetrics
  let logger: Logger

  private static let idField = HTTPField.Name("X-Request-ID")

  func handle(
    _ request: Request, context: ServiceContext, next: (Request, ServiceContext) async throws -> Response
  ) async throws -> Response {
    var context = context
    let id = Self.requestID(request)
    context.logger = logger
    context.logger[metadataKey: "request_id"] = .string(id)
    let start = ContinuousClock.now
    metrics.begin()
    var response = try await next(request, context)
    if let field = Self.idField { response.headers[field] = id }

    let elapsed = ContinuousClock.now - start
    let route = context.endpointPath ?? "NotFound"
    let method = Self.knownMethods.contains(request.method) ? request.method.rawValue : "OTHER"
    metrics.end(route: route, method: method, status: response.status.code, elapsed)
    context.logger.log(
      level: Self.level(route, response.status),
      "request",
      metadata: [
        "route": .string(route), "method": .string(method), "status": .stringConvertible(response.status.code),
        "milliseconds": .stringConvertible(((elapsed / .milliseconds(1)) * 1000).rounded() / 1000),
      ])
    return response
  }

  /// Any text may come as a method; as labels there is to be a handful.
  private static let knownMethods: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]

  /// What probes ask every few seconds is of no interest while it goes well.
  private static func level(_ route: String, _ status: HTTPResponse.Status) -> Logger.Level {
    if status.code >= 500 { return .error }
    return ["/healthz", "/readyz", "/metrics"].contains(route) && status.code < 400 ? .debug : .info
  }

  /// The client's own, if it is one that may stand in a log, or a new one.
  private static func requestID(_ request: Request) -> String {
    let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.".utf8)
    if let field = idField, let id = request.headers[field], 1...64 ~= id.utf8.count,
      id.utf8.allSatisfy(allowed.contains)
    {
      return id
    }
    return UUID().uuidString.lowercased()
  }
}
