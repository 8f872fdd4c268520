import Foundation
import Journeys
import LinearAlgebra

/// Learns a `SendTimeModel` by expectation-maximisation.
///
/// - Expectation: each customer's posterior over rhythms and levels, from sends and sessions.
/// - Maximisation: shares and session hours in closed form with Dirichlet priors around everyone's; each rhythm by a
///   Newton step of its penalised binomial likelihood (generalised EM; Dempster, Laird & Rubin 1977), under a Gaussian
///   process prior around everyone's curve with variance τ² and a circular kernel; τ² by empirical Bayes (MacKay
///   1992); the rate of unflagged machine opens from the share of opens that the customers' own rates leave over.
///
/// Nothing is random: rhythms start with peaks spread over the day. Chunks have a fixed size and merge in order, so
/// that any number of threads gives the same bits. Cost of an iteration: rhythms x levels additions for each send of
/// at most `maximumCustomers` customers, and hours³ for each rhythm.
public struct SendTimeLearner: Sendable {
  public struct Settings: Codable, Sendable, Equatable {
    /// How many rhythms; those that the data do not ask for keep few customers.
    public var rhythms = 12
    /// Levels lie in steps of 0.6 log-odds around the curves.
    public var levels = 9
    /// Hours over which curves are alike: standard deviation of the kernel.
    public var bandwidth = 2.0
    /// Of one hour on two days of the week, under the prior.
    public var weekdayCorrelation = 0.8
    /// What a session counts against a send: less than 1 where sessions come in bursts.
    public var sessionWeight = 1.0
    /// Relative gain of log-likelihood below which it ends.
    public var tolerance = 3e-6
    public var maximumIterations = 60
    /// Of more customers every n-th is learnt from.
    public var maximumCustomers = 65_536

    enum CodingKeys: String, CodingKey {
      case rhythms, levels, bandwidth, tolerance
      case weekdayCorrelation = "weekday_correlation"
      case sessionWeight = "session_weight"
      case maximumIterations = "maximum_iterations"
      case maximumCustomers = "maximum_customers"
    }

    public init() {}
  }

  public var settings: Settings
  public var threads: Int

  static let levelStep = 0.6

  public init(settings: Settings = .init(), threads: Int = defaultThreads) {
    self.settings = settings
    self.threads = threads
  }

  /// - Parameter fold: sends of this part are not looked at.
  /// - Throws: `ModelError` `.untrainable` without sends or without a single open, `.invalidSetting`, `.notConverged`;
  ///   `CancellationError`.
  public func fit(_ histories: SendHistories, without fold: Int? = nil) async throws -> SendTimeModel {
    try check()
    BLASThreads.set(1)
    let members = try self.members(histories, without: fold)
    let prior = try CircularPrior(hours: histories.hours, settings)
    var step = try MaximisationStep(histories, without: fold, settings, prior)
    var last = -Double.infinity
    var iterations = 0
    while true {
      let tables = SendTimeTables(step.model)
      let counts = try await counts(histories, members, without: fold, tables)
      guard counts.logLikelihood.isFinite else {
        throw ModelError(.notConverged, "send-time: the likelihood is not finite; lower --set levels or rhythms")
      }
      step.model.logLikelihood = counts.logLikelihood
      step.model.iterations = iterations
      let isFlat = counts.logLikelihood - last <= settings.tolerance * abs(counts.logLikelihood)
      // The first steps only sort the customers into rhythms.
      if iterations >= settings.maximumIterations || isFlat && iterations >= 8 { return step.model }
      last = counts.logLikelihood
      try step.maximise(counts, tables, learnsDeviation: iterations >= 3)
      iterations += 1
    }
  }

  private func check() throws(ModelError) {
    guard 1...64 ~= settings.rhythms, 1...33 ~= settings.levels, settings.bandwidth > 0, settings.bandwidth <= 24,
      0...1 ~= settings.weekdayCorrelation, settings.sessionWeight >= 0, settings.sessionWeight <= 1,
      settings.tolerance > 0, settings.maximumIterations >= 1, settings.maximumCustomers >= 1
    else {
      throw ModelError(
        .invalidSetting,
        """
        send-time: rhythms are 1 to 64, levels 1 to 33, bandwidth above 0 and at most 24 hours, weekdayCorrelation and \
        sessionWeight 0 to 1, tolerance, maximumIterations and maximumCustomers above 0
        """)
    }
  }

  /// The customers to learn from: those with a send or a session.
  private func members(_ histories: SendHistories, without fold: Int?) throws(ModelError) -> [Int] {
    let rows = histories.sends.lazy.map(SendHistories.Send.init(packed:)).filter { $0.fold != fold }
    guard rows.contains(where: { _ in true }) else {
      throw ModelError(
        .untrainable, "send-time: there is no send (without a machine's open) to learn from; give a longer history")
    }
    guard rows.contains(where: \.isOpened) else {
      throw ModelError(
        .untrainable, "send-time: no send was opened by a person, so no hour is better than another; check the opens")
    }
    let active = (0..<histories.customers).filter {
      !histories.sends(of: $0).isEmpty || !histories.sessions(of: $0).isEmpty
    }
    let every = (active.count + settings.maximumCustomers - 1) / settings.maximumCustomers
    return every <= 1 ? active : stride(from: 0, to: active.count, by: every).map { active[$0] }
  }

  private func counts(
    _ histories: SendHistories, _ members: [Int], without fold: Int?, _ tables: SendTimeTables
  ) async throws -> SendTimeCounts {
    var total = SendTimeCounts(tables.layout)
    let chunks = (members.count + customersPerChunk - 1) / customersPerChunk
    try await inOrder(chunks: chunks, threads: threads) { chunk in
      var counts = SendTimeCounts(tables.layout)
      let start = chunk * customersPerChunk
      let slice = members[start..<min(start + customersPerChunk, members.count)]
      counts.add(slice, of: histories, without: fold, tables)
      return counts
    } take: { counts in
      total.add(counts)
    }
    return total
  }
}

/// Curves over the circle of hours: alike at neighbouring hours and, over a week, at the same hour of other days.
struct CircularPrior {
  /// Inverse of the covariance, whose variance is 1.
  let precision: Matrix

  init(hours: Int, _ settings: SendTimeLearner.Settings) throws {
    var covariance = Matrix(rows: hours, columns: hours)
    for a in 0..<hours {
      for b in 0..<hours {
        let apart = abs(a % 24 - b % 24)
        let distance = Double(min(apart, 24 - apart)) / settings.bandwidth
        let day = a / 24 == b / 24 ? 1 : settings.weekdayCorrelation
        // A hundredth of the variance is an hour's own, which also keeps the matrix well conditioned.
        covariance[a, b] = exp(-0.5 * distance * distance) * day + (a == b ? 0.01 : 0)
      }
    }
    precision = try Cholesky(covariance).inverse()
  }

  func times(_ curve: [Double]) -> [Double] {
    (0..<curve.count).map { row in
      var sum = 0.0
      for column in curve.indices { sum += precision[row, column] * curve[column] }
      return sum
    }
  }
}
