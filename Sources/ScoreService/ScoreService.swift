import Foundation
import Hummingbird
import Logging
import NIOCore
import Scoring
import ServiceLifecycle

/// The HTTP service: look-ups of scores, and what those who run it need.
///
/// On graceful shutdown it first says that it is not ready, waits for `drainDelay`, then takes no more connections,
/// finishes what it has begun, and returns.
public struct ScoreService: Service {
  public struct Settings: Sendable {
    public var host: String
    /// 0 for any free one; `onListening` tells which.
    public var port: Int
    /// Between "not ready" and the end of listening, so that a load balancer sees it.
    public var drainDelay: Duration

    public init(host: String = "127.0.0.1", port: Int = 8080, drainDelay: Duration = .zero) {
      self.host = host
      self.port = port
      self.drainDelay = drainDelay
    }

    /// Whether nobody but the own machine reaches the address.
    var isLoopback: Bool { ["127.0.0.1", "::1", "localhost"].contains(host) }
  }

  private let settings: Settings
  private let operations: OperationRoutes
  private let scores: ScoreRoutes
  private let access: Access
  private let logger: Logger
  private let onListening: @Sendable (_ port: Int) async -> Void

  /// - Parameter onListening: called once, when connections are taken.
  /// - Throws: `ScoreServiceError.settings` for access without tokens on an address that others reach.
  public init(
    _ settings: Settings, store: any ScoreStore, access: Access, logger: Logger,
    onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
  ) throws {
    try self.init(settings, store: store, access: access, logger: logger, storeAnswerHolds: .seconds(1), onListening)
  }

  package init(
    _ settings: Settings, store: any ScoreStore, access: Access, logger: Logger, storeAnswerHolds: Duration,
    _ onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
  ) throws {
    if case .everybody = access, !settings.isLoopback {
      throw ScoreServiceError(
        .settings,
        "serve: without tokens only the own machine may ask, and \(settings.host) is more than that; "
          + "listen on 127.0.0.1, or set a key file or a JWKS file")
    }
    self.settings = settings
    let metrics = ServiceMetrics()
    operations = OperationRoutes(
      readiness: Readiness(store, metrics, validity: storeAnswerHolds), metrics: metrics)
    scores = ScoreRoutes(store: store, metrics: metrics)
    self.access = access
    self.logger = logger
    self.onListening = onListening
  }

  public func run() async throws {
    // The last service is shut down first: readiness goes before the listening socket does.
    let group = ServiceGroup(
      configuration: .init(
        services: [application(), DrainSwitch(readiness: operations.readiness, delay: settings.drainDelay)],
        logger: logger))
    do {
      try await group.run()
    } catch let error as IOError {
      throw ScoreServiceError(
        .address,
        "serve: listening on \(settings.host):\(settings.port) failed: \(String(cString: strerror(error.errnoCode))); "
          + "choose another host or port")
    }
  }

  /// The service without its signals, for tests of its routes.
  package func application() -> some ApplicationProtocol {
    // Of Hummingbird only what is wrong: what it says of requests and of listening is said here.
    var warnings = logger
    warnings.logLevel = max(logger.logLevel, .warning)
    return Application(
      router: Router.service(operations, scores, access, logger),
      server: .http1(configuration: .init(idleTimeout: .seconds(60))),
      configuration: ApplicationConfiguration(address: .hostname(settings.host, port: settings.port)),
      onServerRunning: { channel in await onListening(channel.localAddress?.port ?? settings.port) },
      logger: warnings)
  }
}

/// Turns readiness off when the shutdown begins, and holds up the rest of it for a while.
private struct DrainSwitch: Service {
  let readiness: Readiness
  let delay: Duration

  func run() async throws {
    try await gracefulShutdown()
    await readiness.drain()
    if delay > .zero { try await Task.sleep(for: delay) }
  }
}
