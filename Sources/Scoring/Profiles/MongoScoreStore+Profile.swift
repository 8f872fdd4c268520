import Models
import Stores

// How the parts of a profile beside the scores stand in its document.
extension MongoScoreStore {
  /// Sets what is there and leaves the rest: other programs' fields, and those of which nothing is known.
  static func append(_ profile: CustomerProfile, to set: inout BSONWriter) {
    let (preferences, behaviour) = (profile.preferences, profile.behaviour)
    append(preferences.categories, "preferences.categories", to: &set)
    append(preferences.brands, "preferences.brands", to: &set)
    if let range = preferences.priceRange {
      set.document("profile_data.preferences.price_range") {
        $0.append("min", range.min)
        $0.append("max", range.max)
      }
    }
    append(preferences.communicationFrequency?.rawValue, "preferences.communication_frequency", to: &set)
    if let value = behaviour.averageOrderValue { set.append("profile_data.behavior_data.avg_order_value", value) }
    append(behaviour.purchaseFrequency?.rawValue, "behavior_data.purchase_frequency", to: &set)
    append(behaviour.preferredChannels, "behavior_data.preferred_channels", to: &set)
    append(behaviour.activeHours, "behavior_data.active_hours", to: &set)
    append(behaviour.devicePreference, "behavior_data.device_preference", to: &set)
    for channel in EngagementChannel.allCases {
      guard let score = profile.engagementScores[channel] else { continue }
      set.append("profile_data.engagement_scores.\(channel.rawValue)", score)
    }
  }

  private static func append(_ text: String?, _ path: String, to set: inout BSONWriter) {
    if let text { set.append("profile_data.\(path)", text) }
  }

  private static func append(_ names: [String]?, _ path: String, to set: inout BSONWriter) {
    guard let names else { return }
    set.array("profile_data.\(path)") { for name in names { $0.append(name) } }
  }
}
