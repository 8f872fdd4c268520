import ArgumentParser
import Foundation
import Journeys
import Logging
import ScoreService
import Scoring
import ServiceLifecycle
import Stores

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "The HTTP service: look-ups of scores, health, metrics.",
    discussion: """
      GET /healthz, /readyz, /metrics and, with a bearer token, /openapi.json, GET /v1/customers/{id}/scores and \
      POST /v1/scores:lookup. Tokens are JWTs with the claim scope (scores:read), signed by HS256 with the key in \
      --jwt-key-file or by RS256 or ES256 with a key in --jwks-file. SIGTERM turns readiness off, lets requests finish \
      and ends with status 0. Settings: ANALYTICS_MONGODB_URI, ANALYTICS_JWT_KEY_FILE, ANALYTICS_JWKS_FILE.

      Examples:
        openssl rand -hex 32 > jwt.key && analytics-cli serve --jwt-key-file jwt.key
        analytics-cli serve --host 0.0.0.0 --port 80 --jwks-file /etc/analytics/jwks.json --drain-delay 5s
        analytics-cli serve --no-auth --port 0
      """)

  @Option(help: "Address to listen on (default: 127.0.0.1).")
  var host: String?

  @Option(help: "Port to listen on; 0 takes a free one (default: 8080).")
  var port: String?

  @Option(help: ArgumentHelp("File with the key of HS256, 32 bytes or more.", valueName: "file"))
  var jwtKeyFile: String?

  @Option(help: ArgumentHelp("JSON Web Key Set with the public keys of RS256 and ES256.", valueName: "file"))
  var jwksFile: String?

  @Flag(help: "Ask for no tokens; only on the own machine (127.0.0.1, ::1, localhost).")
  var noAuth = false

  @Option(
    help: ArgumentHelp("Go on so long after saying 'not ready', so that load balancers see it.", valueName: "time"))
  var drainDelay: String?

  @OptionGroup var mongo: MongoOptions
  @OptionGroup var settings: SettingsOptions

  func run() async throws {
    let settings = try await settings.load()
    let logger = try settings.logger("serve")
    let address = try address(settings)
    let service: ScoreService
    do {
      service = try ScoreService(
        address, store: try store(settings), access: try await access(settings), logger: logger
      ) { port in
        // Whatever the log's level: with port 0 this is how one learns the address.
        Stderr.print(
          "serve: listening on http://\(address.host.contains(":") ? "[\(address.host)]" : address.host):\(port)")
      }
    } catch let error as ScoreServiceError where error.code == .settings {
      throw ValidationError(error.message)
    }
    let group = ServiceGroup(configuration: .init(services: [service], logger: logger))
    // A signal cancels this task. The group must not hear of it as a cancellation, which would drop what it has begun.
    let running = Task { try await group.run() }
    try await withTaskCancellationHandler {
      try await running.value
    } onCancel: {
      Task { await group.triggerGracefulShutdown() }
    }
  }

  private func address(_ settings: Settings) throws -> ScoreService.Settings {
    guard let port = Int(try settings.required(.servePort, flag: port, flagName: "--port")), 0...65_535 ~= port else {
      throw ValidationError("--port is a number from 0 to 65535")
    }
    let delay = try drainDelay.map { text in
      try usage { () throws(JourneyError) in try DurationText.microseconds(text) }
    }
    return ScoreService.Settings(
      host: try settings.required(.serveHost, flag: host, flagName: "--host"), port: port,
      drainDelay: .microseconds(delay ?? 0))
  }

  /// A store that does not answer is to cost a request some seconds, not a minute.
  private func store(_ settings: Settings) throws -> MongoScoreStore {
    let database = try MongoDB(
      uri: try settings.required(.mongoURI),
      database: try settings.required(.mongoDatabase, flag: mongo.mongodbDatabase),
      serverSelectionTimeout: .seconds(2), socketTimeout: .seconds(5))
    return MongoScoreStore(database, threads: 16)
  }

  private func access(_ settings: Settings) async throws -> Access {
    let keyFile = settings.optional(.jwtKeyFile, flag: jwtKeyFile)
    let jwksFile = settings.optional(.jwksFile, flag: jwksFile)
    if noAuth { return .everybody }
    guard keyFile != nil || jwksFile != nil else {
      throw ValidationError(
        "no key to check tokens with: give --jwt-key-file or --jwks-file (or ANALYTICS_JWT_KEY_FILE, "
          + "ANALYTICS_JWKS_FILE), or, on the own machine only, --no-auth")
    }
    return .tokens(try await TokenVerifier(keyFile: keyFile, jwksFile: jwksFile))
  }
}
