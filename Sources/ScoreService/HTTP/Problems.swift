import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Stores

/// Turns every error into a `Problem`: whatever goes wrong, the client gets the same shape.
struct Problems: RouterMiddleware {
  func handle(
    _ request: Request, context: ServiceContext, next: (Request, ServiceContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch {
      return try Self.problem(for: error, context.logger).response()
    }
  }

  private static func problem(for error: any Error, _ logger: Logger) -> Problem {
    switch error {
    case let problem as Problem: return problem
    case is NIOTooManyBytesError:
      return Problem(.contentTooLarge, "body_too_large", "the body is larger than \(ScoreRoutes.largestBody) bytes")
    case let error as StoreError:
      // Its message holds no values.
      logger.error("score store failed", metadata: ["reason": "\(error.message)"])
      return error.isRetriable ? .storeAway() : internalError
    case let error as any HTTPResponseError where error.status == .notFound:
      return Problem(.notFound, "route_unknown", "there is no such route; /openapi.json lists them")
    case let error as any HTTPResponseError:
      return Problem(error.status, "http_error", "the request cannot be handled as it is")
    default:
      // Only its type: an error of a library may quote what it was given.
      logger.error("request failed", metadata: ["error": "\(type(of: error))"])
      return internalError
    }
  }

  private static let internalError = Problem(
    .internalServerError, "internal", "the service failed; its log says why")
}
