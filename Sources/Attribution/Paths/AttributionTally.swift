/// What is counted of the paths in events: whole numbers, in one or several buckets of journeys.
public struct AttributionTally: Sendable, Codable, Equatable {
  var buckets: [PathTally<ExactCredit>]

  init(buckets count: Int) { buckets = Array(repeating: PathTally(), count: count) }

  mutating func add(_ later: AttributionTally) {
    for bucket in buckets.indices { buckets[bucket].add(later.buckets[bucket]) }
  }
}
