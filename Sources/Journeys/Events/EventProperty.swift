/// The keys of `event_data` that every store keeps a column for.
package struct EventProperty: Sendable {
  package let name: String
  package let kind: StoreManifest.Kind

  /// The known keys in the order of the contract; `amount` is a column of its own.
  package static let known: [EventProperty] =
    [
      "order_id", "currency", "products", "categories", "device", "location", "page", "subject", "variant", "carrier",
      "email_campaign_id", "sms_campaign_id", "affiliate_code", "loyalty_program_id",
    ]
    .map { EventProperty(name: $0, kind: .dictionary) }
    + [EventProperty(name: "cost", kind: .money), EventProperty(name: "points", kind: .integer)]

  /// The known keys and further ones by name, each once.
  package static func all(and further: [String]) -> [EventProperty] {
    var names = Set(known.map(\.name)).union(["amount"])
    return known
      + further.filter { names.insert($0).inserted }.map { EventProperty(name: $0, kind: .dictionary) }
  }
}
