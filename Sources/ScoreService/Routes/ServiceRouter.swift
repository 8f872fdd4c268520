import HTTPTypes
import Hummingbird
import Logging

extension Router where Context == ServiceContext {
  /// All routes of the service.
  static func service(
    _ operations: OperationRoutes, _ scores: ScoreRoutes, _ access: Access, _ logger: Logger
  ) -> Router {
    let router = Router(context: ServiceContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: RequestRecord(metrics: operations.metrics, logger: logger))
    router.add(middleware: Problems())

    router.get("/healthz") { _, _ in try operations.health() }
    router.get("/readyz") { _, _ in try await operations.ready() }
    router.get("/metrics") { _, _ in operations.prometheus() }

    router.group().add(middleware: BearerAccess(access: access, scope: nil))
      .get("/openapi.json") { _, _ in operations.openAPI() }

    router.group().add(middleware: BearerAccess(access: access, scope: .scoresRead))
      .get("/v1/customers/{id}/scores") { _, context in try await scores.one(context) }
      .post("/v1/scores:lookup") { request, _ in try await scores.several(request) }

    for path in ["/healthz", "/readyz", "/metrics", "/openapi.json", "/v1/customers/{id}/scores"] as [RouterPath] {
      router.refuseOthers(path, allowed: [.get, .head])
    }
    router.refuseOthers("/v1/scores:lookup", allowed: [.post])
    return router
  }

  /// Answers 405 to a method that a path does not have, instead of denying the path.
  private func refuseOthers(_ path: RouterPath, allowed: [HTTPRequest.Method]) {
    let list = allowed.map(\.rawValue).joined(separator: ", ")
    let all: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]
    for method in all where !allowed.contains(method) {
      on(path, method: method) { _, _ -> Response in
        throw Problem(.methodNotAllowed, "method_not_allowed", "this route takes \(list)", headers: [.allow: list])
      }
    }
  }
}
