import Foundation
import Generator
import Testing

/// Purchases follow BG/NBD and amounts Gamma-Gamma, with the parameters that the truth file names.
@Suite struct PurchaseLawTests {
  // Few messages: the law of the purchases does not depend on them.
  private static let stream = Result {
    try GeneratedStream(GeneratorConfiguration(customers: 6000, days: 90, seed: 21, rate: 0.1))
  }

  private func stream() throws -> GeneratedStream { try Self.stream.get() }

  /// Customers whose first purchase lies in the window, with the seasonal days they had since, and their repeat
  /// purchases that nothing caused.
  private func cohort() throws -> [(time: Double, repeats: Double)] {
    let truth = try stream().truth
    var after = [String: Double]()
    var rest = 0.0
    for day in truth.season.reversed() {
      after[day.date] = rest
      rest += day.purchases
    }
    let start = try #require(truth.season.first).date
    return truth.customers.compactMap { customer in
      guard customer.joinedOn >= start, let first = customer.firstPurchaseOn, let time = after[first] else {
        return nil
      }
      return (time, Double(customer.organicPurchases - 1))
    }
  }

  private func parameter(_ name: String) throws -> Double { try #require(try stream().truth.parameters[name]) }

  @Test func meanPurchasesAreThoseOfTheModel() throws {
    let cohort = try cohort()
    #expect(cohort.count > 1500)
    let (r, alpha) = (try parameter("r"), try parameter("alpha"))
    let (a, b) = (try parameter("a"), try parameter("b"))
    let expected = cohort.reduce(0) { $0 + BGNBD.expectedPurchases($1.time, r: r, alpha: alpha, a: a, b: b) }
    let found = cohort.reduce(0) { $0 + $1.repeats }
    let squares = cohort.reduce(0) { $0 + $1.repeats * $1.repeats }
    let error = (squares - found * found / Double(cohort.count)).squareRoot()
    #expect(abs(found - expected) < 4 * error, "\(found) found, \(expected) expected, standard error \(error)")
  }

  @Test func shareWithoutRepeatIsThatOfTheModel() throws {
    let cohort = try cohort()
    let (r, alpha) = (try parameter("r"), try parameter("alpha"))
    let probabilities = cohort.map { BGNBD.probabilityOfNone($0.time, r: r, alpha: alpha) }
    let expected = probabilities.reduce(0, +)
    let error = probabilities.reduce(0) { $0 + $1 * (1 - $1) }.squareRoot()
    let found = Double(cohort.count { $0.repeats == 0 })
    #expect(abs(found - expected) < 4 * error, "\(found) found, \(expected) expected, standard error \(error)")
  }

  @Test func ratesAndDropoutsAreGammaAndBeta() throws {
    let customers = try stream().truth.customers
    let n = Double(customers.count)
    let (r, alpha, a, b) = (try parameter("r"), try parameter("alpha"), try parameter("a"), try parameter("b"))
    let rate = customers.reduce(0) { $0 + $1.purchaseRate } / n
    #expect(abs(rate - r / alpha) < 4 * r.squareRoot() / alpha / n.squareRoot())
    let dropout = customers.reduce(0) { $0 + $1.dropoutProbability } / n
    let spread = (a * b / ((a + b + 1) * n)).squareRoot() / (a + b)
    #expect(abs(dropout - a / (a + b)) < 4 * spread)
  }

  @Test func amountsAreGammaGamma() throws {
    let stream = try stream()
    let (p, q, gamma) = (try parameter("p"), try parameter("q"), try parameter("gamma"))
    let customers = stream.truth.customers
    let n = Double(customers.count)
    // Over customers: inverse gamma of shape q, mean gamma p / (q − 1).
    let mean = p * gamma / (q - 1)
    let average = customers.reduce(0) { $0 + $1.meanAmount } / n
    #expect(abs(average - mean) < 4 * mean / ((q - 2) * n).squareRoot())
    // Within a customer: gamma of shape p around the customer's mean.
    let means = Dictionary(uniqueKeysWithValues: customers.map { ($0.customerId, $0.meanAmount) })
    let ratios = try stream.events.filter { $0.type == "purchase" }.map {
      Double($0.amount) / 100 / (try #require(means[$0.customer]))
    }
    let m = Double(ratios.count)
    #expect(abs(ratios.reduce(0, +) / m - 1) < 4 / (p * m).squareRoot())
    let variance = ratios.reduce(0) { $0 + ($1 - 1) * ($1 - 1) } / m
    let fourth = 3 / (p * p) + 6 / (p * p * p)
    #expect(abs(variance - 1 / p) < 4 * ((fourth - 1 / (p * p)) / m).squareRoot())
  }

  /// Nobody buys organically after dropping out, or before the first purchase; prospects never buy.
  @Test func nobodyBuysOutsideTheirLife() throws {
    let stream = try stream()
    let start = GeneratorConfiguration.defaultStart
    let customers = Dictionary(uniqueKeysWithValues: stream.truth.customers.map { ($0.customerId, $0) })
    for event in stream.events where event.type == "purchase" {
      let customer = try #require(customers[event.customer])
      let date = (start + stream.day(event)).description
      #expect(!customer.prospect)
      #expect(try #require(customer.firstPurchaseOn) <= date)
      if let dropout = customer.droppedOutOn { #expect(date <= dropout) }
    }
    let joined = Set(stream.events.filter { $0.type == "signup" }.map(\.customer))
    for customer in stream.truth.customers {
      #expect(joined.contains(customer.customerId) == (customer.joinedOn >= start.description))
    }
  }

  /// The weekend and Ramadan show in the purchases.
  @Test func theCalendarShows() throws {
    let stream = try stream()
    let purchases = stream.events.filter { $0.type == "purchase" }
    var byDay = [Int](repeating: 0, count: 90)
    for event in purchases { byDay[stream.day(event)] += 1 }
    let start = GeneratorConfiguration.defaultStart
    func mean(_ days: some Sequence<Int>) -> Double {
      let days = Array(days)
      return Double(days.reduce(0) { $0 + byDay[$1] }) / Double(days.count)
    }
    // Before Ramadan, which begins on day 60: Fridays against Mondays to Wednesdays, 1.25 to 0.9.
    let ratio =
      mean((0..<56).filter { (start + $0).weekday == 4 }) / mean((0..<56).filter { (start + $0).weekday < 3 })
    #expect(ratio > 1.2 && ratio < 1.6)
    // The ten days before Eid against the four weeks before Ramadan.
    #expect(mean(79..<89) > 1.4 * mean(28..<56))
    // Eid itself is quiet.
    #expect(Double(byDay[89]) < 0.7 * mean(79..<89))
    func nightShare(_ days: Range<Int>) -> Double {
      let visits = stream.events.filter { $0.type == "page_view" && days.contains(stream.day($0)) }
      return Double(visits.count { (3...4).contains(stream.hour($0)) }) / Double(visits.count)
    }
    // Before dawn people are awake in Ramadan only.
    #expect(nightShare(60..<89) > 2 * nightShare(0..<60))
  }
}
