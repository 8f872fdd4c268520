import Scoring

/// Whether requests should be sent here: the store answers and the service is not on its way down.
actor Readiness {
  enum Verdict: Sendable { case ready, draining, storeAway }

  private struct Check {
    var answer: Task<Bool, Never>
    var isDone = false
    var began = ContinuousClock.now
  }

  private let store: any ScoreStore
  private let metrics: ServiceMetrics
  /// An answer of the store holds so long: probes do not load it, and while it hangs only one call waits for it.
  private let validity: Duration
  private var check: Check?
  private var isDraining = false

  init(_ store: any ScoreStore, _ metrics: ServiceMetrics, validity: Duration = .seconds(1)) {
    self.store = store
    self.metrics = metrics
    self.validity = validity
  }

  /// From now on the verdict is `draining`.
  func drain() { isDraining = true }

  func verdict() async -> Verdict {
    if isDraining { return .draining }
    let answers = await storeAnswers()
    return isDraining ? .draining : answers ? .ready : .storeAway
  }

  private func storeAnswers() async -> Bool {
    if let check, !check.isDone || ContinuousClock.now - check.began < validity { return await check.answer.value }
    let new = Check(
      answer: Task { [store, metrics] in
        do {
          try await metrics.store("ping") { try await store.ping() }
          return true
        } catch {
          return false
        }
      })
    check = new
    let answers = await new.answer.value
    check?.isDone = true
    return answers
  }
}
