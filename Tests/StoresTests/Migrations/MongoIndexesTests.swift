import Stores
import TestSupport
import Testing

@Suite struct MongoIndexesTests {
  @Test func indexesAreCreatedOnceAndKeepWhatIsUnique() throws {
    try withMongoDB { database in
      let names = try MongoIndexes.create(in: database)
      #expect(names.contains("customer_journeys.customer_id_1__id_1"))
      #expect(try MongoIndexes.create(in: database) == names)
      for (collection, field) in [("campaign_performance", "campaign_id"), ("personalization_profiles", "customer_id")]
      {
        var batch = BulkWrite()
        for _ in 0..<2 { batch.insert(BSONDocument { $0.append(field, "same") }) }
        let result = try database.collection(collection).write(batch)
        #expect(result.inserted == 1 && result.failures.map(\.error.code) == [.duplicate], "\(collection)")
      }
      var batch = BulkWrite()
      for bucket in 0..<2 {
        batch.insert(
          BSONDocument {
            $0.append("_id", "c:\(bucket)")
            $0.append("customer_id", "c")
          })
      }
      #expect(try database.collection("customer_journeys").write(batch).inserted == 2)
    }
  }
}
