import Journeys

/// Numbers for the channels, campaigns or pairs of them that touches are credited by.
///
/// A key is `channelStep * (channel code + 1) + campaignStep * (campaign code + 1)`: 0 for an event that has none of
/// the dimensions asked for.
struct TouchKeys: Sendable {
  let dimension: AttributionQuery.Dimension
  let channelStep: Int
  let campaignStep: Int
  /// Keys are below.
  let count: Int
  let channelCount: Int
  let campaignCount: Int
  private let channels: NameTable
  private let campaigns: NameTable

  init(_ dimension: AttributionQuery.Dimension, _ store: JourneyStore) throws(AttributionError) {
    self.dimension = dimension
    channels = store.channelNames
    campaigns = store.campaignNames
    (channelCount, campaignCount) = (channels.count, campaigns.count)
    let (perChannel, perCampaign) = (channels.count + 1, campaigns.count + 1)
    switch dimension {
    case .channel: (channelStep, campaignStep, count) = (1, 0, perChannel)
    case .campaign: (channelStep, campaignStep, count) = (0, 1, perCampaign)
    case .channelAndCampaign: (channelStep, campaignStep, count) = (perCampaign, 1, perChannel * perCampaign)
    }
    guard count < Int(Int32.max) else {
      throw AttributionError(
        .unsolvable,
        "attribution by \(dimension.rawValue): \(channels.count) channels with \(campaigns.count) campaigns are too "
          + "many pairs; ask by one of them")
    }
  }

  func name(_ key: Int) -> AttributionResult.Key {
    switch dimension {
    case .channel: return .init([channels[Int32(key - 1)]])
    case .campaign: return .init([campaigns[Int32(key - 1)]])
    case .channelAndCampaign:
      let (channel, campaign) = (key / channelStep, key % channelStep)
      return .init([
        channel > 0 ? channels[Int32(channel - 1)] : nil, campaign > 0 ? campaigns[Int32(campaign - 1)] : nil,
      ])
    }
  }
}
