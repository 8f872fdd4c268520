import Journeys

/// Chooses a part of the customers by a hash of their ids: the same whatever else the query asks, and for every step.
struct CustomerSample {
  private let seed: UInt64
  /// Hashes below are in; nil for all.
  private let bound: UInt64?

  init(_ sample: FunnelQuery.Sample?) {
    seed = sample?.seed ?? 0
    bound = sample.flatMap { $0.fraction < 1 ? UInt64($0.fraction * 0x1p64) : nil }
  }

  func contains(_ customer: Int, of store: JourneyStore) -> Bool {
    guard let bound else { return true }
    // FNV-1a (Fowler, Noll, Vo) over the bytes, then SplitMix64's mixer, as FNV's high bits depend on few of them.
    var hash = 0xCBF2_9CE4_8422_2325 ^ (seed &* 0x9E37_79B9_7F4A_7C15)
    for byte in store.customerID(customer).utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
    hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
    return hash ^ (hash >> 31) < bound
  }
}
