/// What is counted of experiments: sums by channel, experiment and group.
public struct HoldoutTally: Sendable, Codable, Equatable {
  /// By `HoldoutKey`.
  var groups = KeyedSums<HoldoutSums>()
}

/// A group of an experiment on a channel as one number: 32 bits of the channel's code + 1, 30 of the experiment's + 1,
/// 2 of the group.
struct HoldoutKey {
  enum Group: UInt64, CaseIterable {
    case treatment, holdout
    /// A name that is neither.
    case other
  }

  let bits: UInt64

  @inline(__always)
  init(channel: Int32, experiment: Int32, _ group: Group) {
    bits = pair(Int(channel) + 1, (Int(experiment) + 1) << 2) | group.rawValue
  }

  init(bits: UInt64) { self.bits = bits }

  /// -1 for none.
  var channel: Int32 { Int32(bits >> 32) - 1 }
  var experiment: Int32 { Int32(bits >> 2 & 0x3FFF_FFFF) - 1 }
  var group: Group { Group(rawValue: bits & 3) ?? .other }

  /// The same for all groups of an experiment.
  var test: UInt64 { bits & ~3 }
}
