import Attribution
import Foundation
import TestSupport
import Testing

/// A journey as a test writes it down: touches in days since its start, and when it ended.
private struct Journey: Decodable {
  var touches: [(key: Int, day: Double)]
  var end: Double
  var converted: Bool

  init(_ touches: [(Int, Double)], end: Double, converted: Bool) {
    (self.touches, self.end, self.converted) = (touches.map { (key: $0.0, day: $0.1) }, end, converted)
  }

  private enum CodingKeys: CodingKey { case touch, end, conv }

  /// Keys A and B are 0 and 1.
  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    var list = try container.nestedUnkeyedContainer(forKey: .touch)
    touches = []
    while !list.isAtEnd {
      var pair = try list.nestedUnkeyedContainer()
      touches.append((key: try pair.decode(String.self) == "A" ? 0 : 1, day: try pair.decode(Double.self)))
    }
    end = try container.decode(Double.self, forKey: .end)
    converted = try container.decode(Int.self, forKey: .conv) == 1
  }
}

extension HazardJourneys {
  fileprivate init(_ journeys: [Journey], keys: Int, worth: Double = 0) {
    self.init(keys: keys)
    for journey in journeys {
      if journey.converted {
        append(
          journey.touches.map { (key: $0.key, days: journey.end - $0.day) }, Credit(conversions: 1, revenue: worth))
      } else {
        for touch in journey.touches { append(null: touch.key, days: journey.end - touch.day) }
      }
    }
  }
}

/// A, B as 0, 1: seven journeys, four of which converted.
private let tiny = [
  Journey([(0, 0)], end: 1, converted: true), Journey([(0, 0)], end: 20, converted: false),
  Journey([(0, 0), (1, 2)], end: 2.5, converted: true), Journey([(1, 0)], end: 15, converted: false),
  Journey([(1, 0), (0, 1)], end: 3, converted: true), Journey([(0, 0)], end: 12, converted: false),
  Journey([(1, 0)], end: 4, converted: true),
]

/// The log-likelihood by its definition.
private func logLikelihood(_ journeys: [Journey], _ parameters: AdditiveHazard.Parameters) -> Double {
  journeys.reduce(0) { sum, journey in
    var (rate, cumulated) = (0.0, 0.0)
    for (key, day) in journey.touches {
      let (beta, omega, age) = (parameters.strength[key], parameters.decay[key], journey.end - day)
      rate += beta * omega * exp(-omega * age)
      cumulated += beta * (1 - exp(-omega * age))
    }
    return sum + (journey.converted ? log(rate) : 0) - cumulated
  }
}

/// Journeys of one touch or more in which conversions come as the model says, looked at for 40 days.
private func simulated(
  _ count: Int, strength: [Double], decay: [Double], using random: inout TestRandom
) -> [Journey] {
  func exponential(_ rate: Double) -> Double { -log(Double.random(in: 0x1p-53...1, using: &random)) / rate }
  return (0..<count).map { _ in
    let touches = (0..<Int.random(in: 1...4, using: &random)).map { _ in
      (Int.random(in: 0..<strength.count, using: &random), Double.random(in: 0..<20, using: &random))
    }.sorted { $0.1 < $1.1 }
    // With 1 - e^-β a touch brings at least one conversion; only the first of all ends the journey.
    var end = 40.0
    for (key, day) in touches {
      var cumulated = exponential(1)
      if cumulated < strength[key] {
        cumulated = -log(1 - cumulated / strength[key]) / decay[key]
        end = min(end, day + cumulated)
      }
    }
    return Journey(touches.filter { $0.1 <= end }, end: end, converted: end < 40)
  }
}

@Suite("Additive hazard") struct AdditiveHazardTests {
  @Test("Seven journeys: every step of the expectation maximisation, its limit and the credit") func trace() {
    let journeys = HazardJourneys(tiny, keys: 2)
    var hazard = AdditiveHazard(journeys)
    let expected: [(Int, Double, beta: [Double], omega: [Double])] = [
      (0, -11.807209592442586, [0.5, 0.5], [0.5, 0.5]),
      (1, -11.321846091506876, [0.5061875820589179, 0.7367107378664874], [0.4774004716254218, 0.33457267283699077]),
      (10, -11.158946286230657, [0.4296371092289032, 1.119357288294745], [0.497807657300649, 0.21998747728473264]),
      (100, -11.15879379158807, [0.4281304795167072, 1.1327682092376803], [0.499224862382971, 0.2162109149323635]),
    ]
    for (step, likelihood, beta, omega) in expected {
      while hazard.steps < step { hazard.step() }
      #expect(close(hazard.logLikelihood, likelihood, 1e-13), "step \(step)")
      #expect(close(logLikelihood(tiny, hazard.parameters), likelihood, 1e-13), "step \(step)")
      for key in 0..<2 {
        #expect(close(hazard.parameters.strength[key], beta[key], 1e-12), "step \(step), key \(key)")
        #expect(close(hazard.parameters.decay[key], omega[key], 1e-12), "step \(step), key \(key)")
      }
    }
    var limit = AdditiveHazard(journeys)
    let limitConverged = limit.converge()
    #expect(limitConverged)
    #expect(limit.steps < 60)
    for key in 0..<2 {
      #expect(close(limit.parameters.strength[key], hazard.parameters.strength[key], 1e-8))
      #expect(close(limit.parameters.decay[key], hazard.parameters.decay[key], 1e-8))
    }
    #expect(close(limit.credits[0].conversions, 1.599041761569297, 1e-9))
    #expect(close(limit.credits[1].conversions, 2.400958238430703, 1e-9))
  }

  @Test("The whole reference trace", .enabled(if: SharedData.exists)) func referenceTrace() throws {
    struct Reference: Decodable {
      struct Step: Decodable {
        var iteration: Int
        var loglik: Double
        var beta: [String: Double]
        var omega: [String: Double]
      }
      var journeys: [Journey]
      var trace: [Step]
      var credit_after_2001_updates: [String: Double]
    }
    let reference = try JSONDecoder().decode(
      Reference.self, from: Data(contentsOf: SharedData.url("cases/attribution/tiny_additive_hazard.json")))
    #expect(reference.trace.count >= 6)
    var hazard = AdditiveHazard(HazardJourneys(reference.journeys, keys: 2))
    for step in reference.trace {
      while hazard.steps < step.iteration { hazard.step() }
      #expect(close(hazard.logLikelihood, step.loglik, 1e-13), "\(step.iteration)")
      for (key, name) in ["A", "B"].enumerated() {
        #expect(close(hazard.parameters.strength[key], try #require(step.beta[name]), 1e-11), "\(step.iteration)")
        #expect(close(hazard.parameters.decay[key], try #require(step.omega[name]), 1e-11), "\(step.iteration)")
      }
    }
    for (key, name) in ["A", "B"].enumerated() {
      #expect(close(hazard.credits[key].conversions, try #require(reference.credit_after_2001_updates[name]), 1e-12))
    }
  }

  @Test(
    "No step is less likely than the one before; the limit is that of plain steps",
    arguments: 1...12 as ClosedRange<UInt64>)
  func ascent(_ seed: UInt64) {
    var random = TestRandom(seed)
    // Not made by the model: lengths, ends and outcomes at random, some of seconds and some of years.
    let journeys = (0..<60).map { _ in
      let scale = exp(Double.random(in: -9...6, using: &random))
      let touches = (0..<Int.random(in: 1...6, using: &random)).map { _ in
        (Int.random(in: 0..<4, using: &random), Double.random(in: 0..<scale, using: &random))
      }
      return Journey(
        touches, end: scale * Double.random(in: 1.01...2, using: &random), converted: Bool.random(using: &random))
    }
    let data = HazardJourneys(journeys, keys: 4)
    var hazard = AdditiveHazard(data)
    var last = hazard.logLikelihood
    for _ in 0..<300 {
      hazard.step()
      #expect(hazard.logLikelihood >= last - 1e-11 * abs(last), "step \(hazard.steps)")
      last = hazard.logLikelihood
    }
    #expect(close(last, logLikelihood(journeys, hazard.parameters), 1e-9))
    var limit = AdditiveHazard(data)
    _ = limit.converge()
    #expect(limit.logLikelihood >= last - 1e-9 * abs(last))
    // Leaps come to the same maximum, only sooner.
    #expect(limit.logLikelihood - last < 0.1)
    for (a, b) in zip(limit.credits, hazard.credits) { #expect(abs(a.conversions - b.conversions) < 0.1) }
    #expect(close(logLikelihood(journeys, limit.parameters), limit.logLikelihood, 1e-9))
    let credits = limit.credits
    #expect(close(credits.sum.conversions, Double(journeys.count(where: \.converted)), 1e-12))
  }

  @Test("Finds the parameters that journeys were made with") func recovery() {
    var random = TestRandom(77)
    let (strength, decay) = ([0.3, 0.08, 0.6], [0.5, 0.2, 2.0])
    let journeys = simulated(20_000, strength: strength, decay: decay, using: &random)
    var hazard = AdditiveHazard(HazardJourneys(journeys, keys: 3))
    let hazardConverged = hazard.converge()
    #expect(hazardConverged)
    #expect(
      hazard.logLikelihood >= logLikelihood(journeys, AdditiveHazard.Parameters(strength: strength, decay: decay)))
    for key in 0..<3 {
      #expect(abs(hazard.parameters.strength[key] / strength[key] - 1) < 0.08, "\(hazard.parameters)")
      #expect(abs(hazard.parameters.decay[key] / decay[key] - 1) < 0.12, "\(hazard.parameters)")
    }
    // At the maximum no neighbour is likelier.
    for key in 0..<3 {
      for factor in [0.999, 1.001] {
        var (stronger, faster) = (hazard.parameters, hazard.parameters)
        stronger.strength[key] *= factor
        faster.decay[key] *= factor
        #expect(logLikelihood(journeys, stronger) < hazard.logLikelihood)
        #expect(logLikelihood(journeys, faster) < hazard.logLikelihood)
      }
    }
  }

  @Test("A journey of weight two is two journeys") func weights() {
    var (twice, double) = (HazardJourneys(keys: 2), HazardJourneys(keys: 2))
    for journey in tiny {
      let touches = journey.touches.map { (key: $0.key, days: journey.end - $0.day) }
      if journey.converted {
        for _ in 0..<2 { twice.append(touches, Credit(conversions: 1, revenue: 3)) }
        double.append(touches, Credit(conversions: 2, revenue: 6))
      } else {
        for touch in touches {
          for _ in 0..<2 { twice.append(null: touch.key, days: touch.days) }
          double.append(null: touch.key, days: touch.days, weight: 2)
        }
      }
    }
    var (a, b) = (AdditiveHazard(twice), AdditiveHazard(double))
    let converged = [a.converge(), b.converge()]
    #expect(converged == [true, true])
    #expect(close(a.logLikelihood, b.logLikelihood, 1e-12))
    for (x, y) in zip(a.credits, b.credits) { #expect(close(x, y, 1e-9)) }
    #expect(close(b.credits.sum.revenue, 24, 1e-12))
  }

  @Test("A key that never converts has no strength and no decay, and takes nothing from others") func idleKey() {
    var journeys = tiny
    journeys += (0..<5).map { Journey([(2, 0), (0, Double($0))], end: 9, converted: false) }
    var hazard = AdditiveHazard(HazardJourneys(journeys, keys: 4))
    let hazardConverged = hazard.converge()
    #expect(hazardConverged)
    #expect(hazard.parameters.strength[2] == 0 && hazard.parameters.decay[2] == 0)
    #expect(hazard.parameters.strength[3] == 0 && hazard.parameters.decay[3] == 0)
    #expect(hazard.credits[2] == .zero && hazard.credits[3] == .zero)
    #expect(close(hazard.credits.sum.conversions, 4, 1e-12))
  }

  @Test("Touches at the very instant of their conversions, alone and beside old ones") func sameInstant() {
    let journeys = [
      Journey([(0, 0)], end: 0, converted: true), Journey([(1, 0), (0, 30)], end: 30, converted: true),
      Journey([(0, 0)], end: 10, converted: false), Journey([(1, 0)], end: 25, converted: false),
      Journey([(1, 3)], end: 3, converted: true), Journey([(1, 0)], end: 400, converted: true),
    ]
    var hazard = AdditiveHazard(HazardJourneys(journeys, keys: 2))
    // What comes of key 1 is as likely after a year as at once: no decay is slow enough.
    let converged = hazard.converge()
    #expect(!converged)
    #expect(hazard.logLikelihood.isFinite)
    for key in 0..<2 {
      #expect(hazard.parameters.strength[key] > 0 && hazard.parameters.strength[key].isFinite)
      #expect(hazard.parameters.decay[key] > 0 && hazard.parameters.decay[key] <= 86_400.001)
    }
    #expect(close(hazard.credits.sum.conversions, 4, 1e-12))
    // All conversions of key 0 follow at once: the month-old touch has next to nothing of theirs.
    #expect(hazard.credits[0].conversions > 1.99)
  }

  @Test("Only conversions, one key, no journey at all") func degenerate() {
    var certain = AdditiveHazard(HazardJourneys([Journey([(0, 0), (0, 1)], end: 2, converted: true)], keys: 1))
    _ = certain.converge()
    #expect(close(certain.credits[0].conversions, 1, 1e-12) && certain.logLikelihood.isFinite)
    var nothing = AdditiveHazard(HazardJourneys([Journey([(0, 0)], end: 2, converted: false)], keys: 1))
    let nothingConverged = nothing.converge()
    #expect(nothingConverged)
    #expect(nothing.logLikelihood == 0 && nothing.credits == [.zero])
    var empty = AdditiveHazard(HazardJourneys(keys: 0))
    let emptyConverged = empty.converge()
    #expect(emptyConverged)
    #expect(empty.credits.isEmpty)
  }
}
