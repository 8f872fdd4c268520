/// Marketing events of a made-up shop in Bangladesh, the same for a seed on every machine.
///
/// Events come out nearly in the order of time over all customers, as from a topic: each after some latency, some
/// hours late. Memory holds the customers (some 170 bytes each) and the events of a few days; the time is linear in
/// customers × days and in events.
///
/// ```swift
/// var generator = try EventGenerator(GeneratorConfiguration(customers: 10_000, days: 90, seed: 7))
/// var batch = GeneratedBatch()
/// while generator.next(&batch) { file.write(batch.lines) }
/// print(generator.counts.produced)
/// ```
public struct EventGenerator: Sendable {
  public let configuration: GeneratorConfiguration
  var simulation: Simulation
  private let writer: EventWriter
  private var records: [EventRecord] = []
  private var order = RecordOrder()
  private var position = 0
  /// The next hour to be delivered.
  private var hour = 0

  /// - Throws: `GeneratorError` when a setting is out of its range.
  public init(_ configuration: GeneratorConfiguration) throws(GeneratorError) {
    self.configuration = configuration
    simulation = try Simulation(configuration)
    writer = EventWriter(configuration, plan: simulation.plan)
  }

  /// What the days so far brought forth: complete once `next` has returned false.
  public var counts: GeneratedCounts { simulation.counts }

  /// Which purchases were caused by what, over the days so far.
  public var truth: TruthTally { simulation.truth }

  /// All campaigns of the window, with what they have cost over the days so far.
  public var campaigns: [GeneratedCampaign] {
    zip(simulation.plan.campaigns, simulation.spent).map { campaign, spent in
      var campaign = campaign
      campaign.spent = spent
      return campaign
    }
  }

  /// Share of the hours that are delivered, from 0 to 1.
  public var progress: Double { min(1, Double(hour) / 24 / Double(configuration.days)) }

  /// Replaces the batch by the next events, a megabyte or the rest of an hour; false when there are none left.
  public mutating func next(_ batch: inout GeneratedBatch) -> Bool {
    while position == order.count {
      let day = hour / 24
      guard day < configuration.days + Simulation.longestDelay else { return false }
      if hour % 24 == 0 && day < configuration.days { simulation.live() }
      simulation.arrivals.take(hour, into: &records)
      order.sort(records, from: simulation.origin + Int64(hour) * Simulation.microsecondsPerHour)
      position = 0
      hour += 1
    }
    batch.fill(writer) {
      guard position < order.count else { return nil }
      position += 1
      return records[order.place(position - 1)]
    }
    return true
  }
}
