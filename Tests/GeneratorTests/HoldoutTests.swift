import Foundation
import Generator
import Testing

/// Randomised experiments: who is held out of a channel, and what it costs the shop.
@Suite struct HoldoutTests {
  private static let share = 0.3
  private static let stream = Result {
    try GeneratedStream(
      GeneratorConfiguration(customers: 2500, days: 90, seed: 53, lateShare: 0.05, holdoutShare: share))
  }

  private static let experiments = [
    "email", "sms", "push_notification", "social_media", "affiliate", "paid_search",
  ]

  private func stream() throws -> GeneratedStream { try Self.stream.get() }

  /// By channel, then by customer.
  private func assignments(_ stream: GeneratedStream) throws -> [String: [String: GeneratedStream.Event]] {
    var assignments: [String: [String: GeneratedStream.Event]] = [:]
    for event in stream.events where event.type == "experiment_assigned" {
      let channel = try #require(event.channel)
      #expect(event.properties["experiment"] == "\(channel)_holdout")
      #expect(event.campaign == nil)
      #expect(assignments[channel, default: [:]].updateValue(event, forKey: event.customer) == nil, "assigned twice")
    }
    return assignments
  }

  private func isHeldOut(_ event: GeneratedStream.Event?) -> Bool { event?.properties["group"] == "holdout" }

  @Test func whoCanBeReachedIsAssignedBeforeAnythingElse() throws {
    let stream = try stream()
    let assignments = try assignments(stream)
    #expect(Set(assignments.keys) == Set(Self.experiments))
    for customer in stream.truth.customers {
      let reachable = [
        "email": customer.reachable.email, "sms": customer.reachable.sms, "push_notification": customer.reachable.push,
      ]
      for channel in Self.experiments {
        #expect((assignments[channel]?[customer.customerId] != nil) == reachable[channel] ?? true, "\(channel)")
      }
    }
    var first: [String: Int64] = [:]
    for event in stream.events { first[event.customer] = min(first[event.customer] ?? .max, event.timestamp) }
    for event in assignments.values.flatMap(\.values) { #expect(event.timestamp == first[event.customer]) }
  }

  @Test func nothingOfTheChannelReachesWhoIsHeldOut() throws {
    let stream = try stream()
    let assignments = try assignments(stream)
    var touches: [String: Int] = [:]
    for event in stream.events where event.type != "experiment_assigned" {
      guard let channel = event.channel, Self.experiments.contains(channel) else { continue }
      #expect(!isHeldOut(assignments[channel]?[event.customer]), "\(event.type) on \(channel)")
      touches[channel, default: 0] += 1
    }
    for channel in Self.experiments { #expect(touches[channel] ?? 0 > 100, "\(channel)") }
    // Nor is it the cause of any purchase of theirs.
    let causes = Dictionary(uniqueKeysWithValues: stream.truth.purchases.map { ($0.event, $0.cause) })
    for event in stream.events where event.type == "purchase" {
      let cause = try #require(causes[event.id.description])
      #expect(!isHeldOut(assignments[cause]?[event.customer]))
    }
  }

  @Test func groupsHaveTheirShares() throws {
    for (channel, group) in try assignments(stream()) {
      let n = Double(group.count)
      let heldOut = Double(group.values.count { isHeldOut($0) })
      #expect(abs(heldOut - n * Self.share) < 4 * (n * Self.share * (1 - Self.share)).squareRoot(), "\(channel)")
    }
  }

  /// Being held out of one channel says nothing about another.
  @Test func channelsAreDrawnApart() throws {
    let assignments = try assignments(stream())
    for (place, one) in Self.experiments.enumerated() {
      for other in Self.experiments.dropFirst(place + 1) {
        let (a, b) = (try #require(assignments[one]), try #require(assignments[other]))
        let shared = a.filter { b[$0.key] != nil }
        let both = Double(shared.count { isHeldOut($0.value) && isHeldOut(b[$0.key]) })
        let (n, p) = (Double(shared.count), Self.share * Self.share)
        #expect(abs(both - n * p) < 4 * (n * p * (1 - p)).squareRoot(), "\(one), \(other)")
      }
    }
  }

  @Test func truthStatesGroupsAndLift() throws {
    let stream = try stream()
    let assignments = try assignments(stream)
    #expect(stream.truth.holdoutShare == Self.share)
    let experiments = try #require(stream.truth.experiments)
    #expect(Set(experiments.map(\.channel)) == Set(Self.experiments))
    let amounts = Dictionary(uniqueKeysWithValues: stream.events.map { ($0.id.description, $0.amount) })
    for experiment in experiments {
      let group = try #require(assignments[experiment.channel])
      #expect(experiment.experiment == "\(experiment.channel)_holdout")
      #expect(experiment.heldOut == group.values.count { isHeldOut($0) })
      #expect(experiment.treated + experiment.heldOut == group.count)
      let caused = stream.truth.purchases.filter { $0.cause == experiment.channel }
      #expect(!caused.isEmpty)
      let revenue = try caused.reduce(Int64(0)) { try $0 + #require(amounts[$1.event]) }
      let treated = Double(experiment.treated)
      #expect(abs(experiment.expectedLift.purchases * treated - Double(caused.count)) < 1e-6)
      #expect(abs(experiment.expectedLift.revenue * treated - Double(revenue) / 100) < 1e-3)
    }
  }

  /// What customers buy on their own they buy in either group, to the microsecond and the paisa; and without the
  /// option there is no trace of it.
  @Test func experimentsLeaveTheRestAlone() throws {
    let with = try stream()
    let without = try GeneratedStream(GeneratorConfiguration(customers: 2500, days: 90, seed: 53, lateShare: 0.05))
    #expect(without.count("experiment_assigned") == 0)
    #expect(without.truth.experiments == nil && without.truth.holdoutShare == nil)
    func organic(_ stream: GeneratedStream) -> Set<String> {
      let organic = Set(stream.truth.purchases.filter { $0.cause == "organic" }.map(\.event))
      return Set(
        stream.events.filter { organic.contains($0.id.description) }
          .map { "\($0.customer) \($0.timestamp) \($0.amount)" })
    }
    #expect(organic(with) == organic(without))
    #expect(with.truth.totals.purchases < without.truth.totals.purchases)
  }

  @Test func theSameSeedGivesTheSameGroups() throws {
    func lines() throws -> [[UInt8]] {
      try GeneratedStream(
        GeneratorConfiguration(customers: 40, days: 30, seed: 3, duplicateShare: 0.05, holdoutShare: 0.2)
      ).events.map(\.line)
    }
    #expect(try lines() == lines())
  }
}
