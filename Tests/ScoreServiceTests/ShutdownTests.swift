import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import ScoreService
import Scoring
import ServiceLifecycle
import Testing

/// The service on a real socket.
@Suite struct ShutdownTests {
  @Test func onShutdownItIsNotReadyFinishesWhatItBeganAndReturns() async throws {
    let store = GatedStore(MemoryScoreStore([sample]))
    let (ports, listening) = AsyncStream<Int>.makeStream()
    let logger = LogRecord().logger
    let service = try ScoreService(
      .init(port: 0, drainDelay: .seconds(2)), store: store, access: .everybody, logger: logger,
      storeAnswerHolds: .zero
    ) { listening.yield($0) }
    let group = ServiceGroup(configuration: .init(services: [service], logger: logger))
    async let running: Void = group.run()
    let port = try #require(await ports.first { _ in true })
    #expect(port != 0)

    let slow = TestClient(host: "127.0.0.1", port: port)
    slow.connect()
    let probe = TestClient(host: "127.0.0.1", port: port)
    probe.connect()
    #expect(try await probe.get("/readyz").status == .ok)
    async let answer = slow.get("/v1/customers/a/scores")
    await store.arrival()

    await group.triggerGracefulShutdown()
    var ready = try await probe.get("/readyz")
    while ready.status == .ok { ready = try await probe.get("/readyz") }
    #expect(ready.status == .serviceUnavailable)
    #expect(String(buffer: ready.body ?? ByteBuffer()).contains("draining"))

    await store.open()
    #expect(try await answer.status == .ok)
    try await slow.shutdown()
    try await probe.shutdown()
    try await running
  }

  @Test func anAddressThatIsTakenIsSaidToBeTaken() async throws {
    let (ports, listening) = AsyncStream<Int>.makeStream()
    let logger = LogRecord().logger
    let first = try ScoreService(
      .init(port: 0), store: MemoryScoreStore(), access: .everybody, logger: logger
    ) { listening.yield($0) }
    let group = ServiceGroup(configuration: .init(services: [first], logger: logger))
    async let running: Void = group.run()
    let port = try #require(await ports.first { _ in true })
    let second = try ScoreService(.init(port: port), store: MemoryScoreStore(), access: .everybody, logger: logger)
    let error = await #expect(throws: ScoreServiceError.self) { try await second.run() }
    #expect(error?.code == .address)
    #expect(error?.message.contains("\(port)") == true)
    await group.triggerGracefulShutdown()
    try await running
  }
}
