import Foundation
import Generator
import Testing

/// Messages, their answers, and the right to be left alone.
@Suite struct MessagingTests {
  private static let stream = Result {
    try GeneratedStream(GeneratorConfiguration(customers: 2500, days: 90, seed: 31, rate: 2))
  }

  private func stream() throws -> GeneratedStream { try Self.stream.get() }

  @Test(arguments: [("email", "email_unsubscribed"), ("sms", "sms_opted_out")])
  func nothingIsSentAfterOptingOut(_ channel: String, _ stop: String) throws {
    let stream = try stream()
    var stopped: [String: Int64] = [:]
    for event in stream.events where event.type == stop {
      #expect(stopped.updateValue(event.timestamp, forKey: event.customer) == nil, "opted out twice")
    }
    #expect(stopped.count > 20)
    var sentBefore = 0
    for event in stream.events where event.type == "\(channel)_sent" {
      guard let time = stopped[event.customer] else { continue }
      #expect(event.timestamp < time)
      sentBefore += 1
    }
    #expect(sentBefore >= stopped.count)
  }

  @Test func nobodyIsWrittenToWithoutConsent() throws {
    let stream = try stream()
    for (type, consent) in [
      ("email_sent", \Truth.Customer.Reachable.email), ("sms_sent", \Truth.Customer.Reachable.sms),
      ("push_sent", \Truth.Customer.Reachable.push),
    ] {
      let reachable = Set(stream.truth.customers.filter { $0.reachable[keyPath: consent] }.map(\.customerId))
      let written = Set(stream.events.filter { $0.type == type }.map(\.customer))
      #expect(written.isSubset(of: reachable))
      #expect(!written.isEmpty && reachable.count < stream.truth.customers.count)
    }
  }

  /// The targets of section 7 of the service document, roughly.
  @Test func ratesAreThoseOfTheTrade() throws {
    let stream = try stream()
    func share(_ part: String, of whole: String) -> Double { Double(stream.count(part)) / Double(stream.count(whole)) }
    #expect((0.95...0.99).contains(share("email_delivered", of: "email_sent")))
    #expect((0.2...0.3).contains(share("email_opened", of: "email_delivered")))
    #expect((0.025...0.05).contains(share("email_clicked", of: "email_delivered")))
    #expect((0.0005...0.005).contains(share("email_unsubscribed", of: "email_delivered")))
    #expect((0.97...0.99).contains(share("sms_delivered", of: "sms_sent")))
    #expect((0.08...0.13).contains(share("sms_clicked", of: "sms_delivered")))
    #expect((0.001...0.01).contains(share("sms_opted_out", of: "sms_delivered")))
    #expect(stream.count("sms_sent") == stream.count("sms_delivered") + stream.count("sms_failed"))
  }

  /// The four carriers by the shares of the service document, 1200 : 650 : 550 : 100.
  @Test func carriersHaveTheirShares() throws {
    let stream = try stream()
    let carriers = stream.truth.customers.map(\.carrier)
    let n = Double(carriers.count)
    for (carrier, weight) in [("Grameenphone", 1200.0), ("Banglalink", 650), ("Robi", 550), ("Teletalk", 100)] {
      let share = weight / 2500
      let found = Double(carriers.count { $0 == carrier })
      #expect(abs(found - n * share) < 4 * (n * share * (1 - share)).squareRoot(), "\(carrier)")
    }
    let known = Dictionary(uniqueKeysWithValues: stream.truth.customers.map { ($0.customerId, $0.carrier) })
    for event in stream.events where event.type.hasPrefix("sms_") {
      #expect(event.properties["carrier"] == known[event.customer])
    }
  }

  /// Variants split in halves; over all campaigns B is opened more or less often by its true effect.
  @Test func variantsHaveTheirEffect() throws {
    let stream = try stream()
    let effects = Dictionary(
      uniqueKeysWithValues: stream.truth.campaigns.map { ($0.id, $0.variants[1].engagementEffect) })
    var sent = (a: 0.0, b: 0.0, expectedB: 0.0)
    var opened = (a: 0.0, b: 0.0)
    for event in stream.events {
      guard let campaign = event.campaign, let effect = effects[campaign] else { continue }
      let isB = event.properties["variant"] == "variant_b"
      if event.type == "email_delivered" {
        if isB { sent.b += 1 } else { sent.a += 1 }
        if isB { sent.expectedB += effect }
      } else if event.type == "email_opened" {
        if isB { opened.b += 1 } else { opened.a += 1 }
      }
    }
    let messages = sent.a + sent.b
    #expect(abs(sent.b - messages / 2) < 5 * messages.squareRoot() / 2 * 2)
    let rateA = opened.a / sent.a
    let expected = rateA * sent.expectedB
    #expect(abs(opened.b - expected) < 5 * (opened.a + opened.b).squareRoot())
    // The effect is seen: without one, B would be some 8 % lower than it is.
    #expect(sent.expectedB / sent.b > 1.03)
    #expect(opened.b / sent.b > rateA)
  }

  /// Customers open what they are inclined to open, and at their own hours.
  @Test func engagementIsPersonal() throws {
    let stream = try stream()
    let customers = Dictionary(uniqueKeysWithValues: stream.truth.customers.map { ($0.customerId, $0) })
    var delivered = (eager: 0.0, idle: 0.0)
    var opened = (eager: 0.0, idle: 0.0)
    var atPeak = 0
    var openings = 0
    for event in stream.events where event.type == "email_delivered" || event.type == "email_opened" {
      let customer = try #require(customers[event.customer])
      let isEager = customer.engagement.emailOpen > 0.3
      if event.type == "email_delivered" {
        if isEager { delivered.eager += 1 } else { delivered.idle += 1 }
      } else {
        if isEager { opened.eager += 1 } else { opened.idle += 1 }
        openings += 1
        if customer.peakHours.contains(where: { ($0 - stream.hour(event) + 25) % 24 <= 2 }) { atPeak += 1 }
      }
    }
    #expect(opened.eager / delivered.eager > 2 * opened.idle / delivered.idle)
    // Six hours of twenty-four, at most: a quarter if hours did not matter.
    #expect(Double(atPeak) / Double(openings) > 0.35)
  }
}
