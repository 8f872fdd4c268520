import Foundation
import Journeys

/// An event as a test writes it down.
struct TestEvent {
  var customer: String
  /// Microseconds.
  var time: Int64
  var type: String
  var channel: String?
  var campaign: String?
  /// Minor units.
  var amount: Int64?
  /// Further keys of `event_data`.
  var data: [String: String]

  init(
    _ customer: String, _ time: Int64, _ type: String, channel: String? = nil, campaign: String? = nil,
    amount: Int64? = nil, data: [String: String] = [:]
  ) {
    self.customer = customer
    self.time = time
    self.type = type
    self.channel = channel
    self.campaign = campaign
    self.amount = amount
    self.data = data
  }
}

/// A journey store in a temporary directory, gone with it.
final class TestStore: Sendable {
  let store: JourneyStore

  /// - Parameter properties: keys of `data` that the store keeps.
  init(_ events: [TestEvent], properties: [String] = []) throws {
    var builder = JourneyStoreBuilder(properties: properties)
    let places = EventProperty.all(and: properties).enumerated().filter { properties.contains($0.element.name) }
    for event in events {
      bytes(event.customer) { customer in
        bytes(event.type) { type in
          bytes(event.channel) { channel in
            bytes(event.campaign) { campaign in
              _ = builder.append(
                customer: customer!, timestamp: event.time, type: type!, channel: channel, campaign: campaign,
                amount: event.amount ?? Money.none, id: .none)
              for (place, property) in places {
                bytes(event.data[property.name]) { text in if let text { builder.set(place, text: text) } }
              }
            }
          }
        }
      }
    }
    let directory = FileManager.default.temporaryDirectory.appending(path: "journeys-\(UUID().uuidString)")
    _ = try builder.write(to: directory, source: .init(kind: "import", names: []))
    store = try JourneyStore(directory)
  }

  deinit { try? FileManager.default.removeItem(at: store.directory) }
}

private func bytes(_ text: String?, _ body: (UnsafeRawBufferPointer?) -> Void) {
  guard var text else { return body(nil) }
  text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every machine.
struct TestRandom: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

let second: Int64 = 1_000_000
let day: Int64 = 86_400 * second

func close(_ a: Double, _ b: Double, _ tolerance: Double = 1e-9) -> Bool {
  abs(a - b) <= tolerance * max(1e-300, abs(a), abs(b)) || abs(a - b) < 1e-12
}
