/// The indexes of the MongoDB collections, by which they are read and kept unique.
public enum MongoIndexes {
  struct Index {
    var collection: String
    /// Ascending.
    var fields: [String]
    var unique = false

    var name: String { "\(collection).\(fields.map { "\($0)_1" }.joined(separator: "_"))" }
  }

  static let all = [
    // A customer's journey may go over several documents, in the order of their ids.
    Index(collection: "customer_journeys", fields: ["customer_id", "_id"]),
    Index(collection: "campaign_performance", fields: ["campaign_id"], unique: true),
    // A campaign's figures are added up from its shards.
    Index(collection: "campaign_performance_shards", fields: ["campaign_id"]),
    Index(collection: "personalization_profiles", fields: ["customer_id"], unique: true),
  ]

  /// Creates those that are missing; may run twice, and by two at once.
  /// - Returns: the names of all, `collection.index`.
  @discardableResult
  public static func create(in database: MongoDB) throws(StoreError) -> [String] {
    for index in all {
      let keys = BSONDocument { for field in index.fields { $0.append(field, 1) } }
      try database.collection(index.collection).createIndex(keys, unique: index.unique)
    }
    return all.map(\.name)
  }
}
