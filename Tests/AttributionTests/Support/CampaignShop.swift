import Foundation
import Journeys
import TestSupport

/// A journey store made of events as their senders write them.
struct CampaignShop {
  struct Line {
    let customer, time, type: String
    var campaign: String?
    var channel: String?
    var data: [String: Any]

    init(
      _ customer: String, _ time: String, _ type: String, campaign: String? = nil, channel: String? = nil,
      data: [String: Any] = [:]
    ) {
      (self.customer, self.time, self.type) = (customer, time, type)
      (self.campaign, self.channel, self.data) = (campaign, channel, data)
    }
  }

  let folder: TemporaryDirectory
  let store: JourneyStore

  init(_ lines: [Line]) throws {
    let text = try lines.map { line in
      var event: [String: Any] = [
        "id": UUID().uuidString, "customer_id": line.customer, "timestamp": line.time, "event_type": line.type,
        "event_data": line.data,
      ]
      event["campaign_id"] = line.campaign
      event["channel"] = line.channel
      return String(decoding: try JSONSerialization.data(withJSONObject: event), as: UTF8.self)
    }
    folder = try TemporaryDirectory()
    let journeys = folder.url.appending(path: "journeys")
    _ = try JourneyImport(.jsonLines).run([try folder.file("events.jsonl", text.joined(separator: "\n"))], to: journeys)
    store = try JourneyStore(journeys)
  }
}
