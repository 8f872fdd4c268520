import Journeys

/// Short codes for texts that occur again and again: event types, channels, campaigns, places.
///
/// A class, because the steps of a write share one. One thread uses it.
final class Names {
  static let none: Int32 = -1

  private var table = StringTable(capacity: 1 << 10)
  private var metrics: [CampaignMetric?] = []
  private var engagements: [Engagement.Kind?] = []

  var count: Int { table.count }

  func code(of text: UnsafeRawBufferPointer?) -> Int32 { text.map { table.code(of: $0) } ?? Self.none }

  func code(of text: String) -> Int32 {
    var text = text
    return text.withUTF8 { table.code(of: UnsafeRawBufferPointer($0)) }
  }

  func text(_ code: Int32) -> String { String(decoding: table[Int(code)], as: UTF8.self) }

  /// Bytes of the text.
  func length(_ code: Int32) -> Int { table[Int(code)].count }

  func withText(_ code: Int32, _ body: (UnsafeRawBufferPointer) -> Void) {
    table[Int(code)].withUnsafeBytes { body($0) }
  }

  /// Codes given before mean nothing afterwards.
  func forgetAll() {
    table = StringTable(capacity: 1 << 10)
    metrics = []
    engagements = []
  }

  /// What an event type counts as for its campaign.
  func metric(ofType code: Int32) -> CampaignMetric? {
    learn(upTo: code)
    return metrics[Int(code)]
  }

  /// Whether an event type is something that the customer did.
  func engagement(ofType code: Int32) -> Engagement.Kind? {
    learn(upTo: code)
    return engagements[Int(code)]
  }

  private func learn(upTo code: Int32) {
    while metrics.count <= Int(code) {
      let name = text(Int32(metrics.count))
      metrics.append(CampaignMetric(eventType: name))
      engagements.append(Engagement.Kind(eventType: name))
    }
  }
}
