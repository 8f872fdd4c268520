import Foundation

/// The additive hazard model of Zhang, Wei & Ren 2014 ("Multi-touch attribution in online advertising with survival
/// theory", ICDM), fitted by expectation maximisation.
///
/// After touches i at t_i, each with β and ω of its key, a conversion comes at the rate λ(t) = Σ_i β ω e^{-ω (t - t_i)}:
/// β is how many conversions a touch would bring if one waited for ever, 1 / ω how long they are in coming. With
/// D_i = end - t_i the log-likelihood of a journey is log λ(end), if it converted, less Σ_i β (1 - e^{-ω D_i}).
///
/// Expectation: p_i = β ω e^{-ω D_i} / λ(end), the probability that the conversion is owed to touch i, which is its
/// credit. Maximisation: β' = Σp / Σ(1 - e^{-ω D}), ω' = Σp / Σ(p D + β D e^{-ω D}), the sums over a key's touches,
/// also those of journeys that came to nothing. Taking both at once from the old β and ω can overshoot; then
/// β' = β + (Σp - β Σ(1 - e^{-ω D})) / n with the key's n touches is taken, which together with ω' cannot: as
/// β e^{-ω D} is convex in (log β, ω), both maximise a function below the log-likelihood that touches it at the old
/// values. The fit begins at β = ω = 0.5 a day and is what maximum it leads to.
///
/// A key of which no conversion has a touch has β = 0 and no ω. Cost: one exponential for every touch and step.
package struct AdditiveHazard: Sendable {
  /// What a touch key does, by key.
  package struct Parameters: Sendable, Equatable {
    /// β, conversions for each touch.
    package var strength: [Double]
    /// ω, per day; 0 where no conversion speaks of it.
    package var decay: [Double]

    package init(strength: [Double], decay: [Double]) { (self.strength, self.decay) = (strength, decay) }
  }

  /// A decay so slow is not told from none.
  static let slowest = 1e-6

  package private(set) var parameters: Parameters
  package private(set) var logLikelihood = 0.0
  /// Of the expectation maximisation since its beginning.
  package private(set) var steps = 0

  private let journeys: HazardJourneys
  private let touches: [Double]
  /// At the parameters, by key: Σ(1 - e^{-ω D}), Σ D e^{-ω D}, Σp, Σ p D.
  private(set) var sums: [SIMD4<Double>]

  package init(_ journeys: HazardJourneys) {
    self.journeys = journeys
    touches = journeys.touches
    let half = Array(repeating: 0.5, count: journeys.keyCount)
    parameters = Parameters(strength: half, decay: half)
    sums = []
    take(evaluate(parameters))
  }

  /// One step of the expectation maximisation; the log-likelihood does not go down.
  package mutating func step() {
    steps += 1
    if attempt(next) { return }
    var careful = next
    for key in sums.indices where sums[key].z > 0 {
      let old = parameters.strength[key]
      careful.strength[key] = old + (sums[key].z - old * sums[key].x) / touches[key]
    }
    take(evaluate(careful))
  }

  /// Goes to other parameters unless they are less likely.
  mutating func attempt(_ other: Parameters) -> Bool {
    let there = evaluate(other)
    // The log-likelihood is itself known to the rounding of its sum.
    guard there.logLikelihood >= logLikelihood - 1e-12 * abs(logLikelihood) else { return false }
    take(there)
    return true
  }

  /// Where a step would lead.
  var next: Parameters {
    var next = parameters
    for (key, sum) in sums.enumerated() {
      next.strength[key] = sum.z > 0 ? sum.z / sum.x : 0
      next.decay[key] = sum.z > 0 ? max(Self.slowest, sum.z / (sum.w + parameters.strength[key] * sum.y)) : 0
    }
    return next
  }

  private struct Evaluation {
    var parameters: Parameters
    var logLikelihood: Double
    var sums: [SIMD4<Double>]
  }

  private mutating func take(_ evaluation: Evaluation) {
    parameters = evaluation.parameters
    logLikelihood = evaluation.logLikelihood
    sums = evaluation.sums
  }

  private func evaluate(_ parameters: Parameters) -> Evaluation {
    var sums = Array(repeating: SIMD4<Double>.zero, count: journeys.keyCount)
    var logLikelihood = 0.0
    var shares = ConversionShares(parameters)
    sums.withUnsafeMutableBufferPointer { sums in
      journeys.forEachConversion { keys, days, credit in
        let weight = credit.conversions
        logLikelihood += weight * shares.divide(keys, days)
        for touch in keys.indices {
          let (faded, share) = (shares.faded[touch], weight * shares.shares[touch])
          sums[Int(keys[touch])] += SIMD4(
            weight * (1 - faded), weight * days[touch] * faded, share, share * days[touch])
        }
      }
      parameters.decay.withUnsafeBufferPointer { decay in
        journeys.forEachNull { key, days, weight in
          let faded = exp(-decay[key] * days)
          sums[key] += SIMD4(weight * (1 - faded), weight * days * faded, 0, 0)
        }
      }
    }
    for key in sums.indices { logLikelihood -= parameters.strength[key] * sums[key].x }
    return Evaluation(parameters: parameters, logLikelihood: logLikelihood, sums: sums)
  }

  /// By key: of every conversion the probability that it is owed to the key's touches, in conversions and revenue.
  package var credits: [Credit] {
    var credits = Array(repeating: Credit.zero, count: journeys.keyCount)
    var shares = ConversionShares(parameters)
    credits.withUnsafeMutableBufferPointer { credits in
      journeys.forEachConversion { keys, days, credit in
        _ = shares.divide(keys, days)
        for touch in keys.indices { credits[Int(keys[touch])] += credit * shares.shares[touch] }
      }
    }
    return credits
  }
}
