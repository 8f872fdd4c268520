import Stores
import TestSupport
import Testing

@Suite struct MongoDBTests {
  private static func numbers(_ collection: MongoCollection, _ range: Range<Int>, padding: Int = 0) throws {
    var batch = BulkWrite()
    for number in range {
      batch.insert(
        BSONDocument {
          $0.append("_id", number)
          $0.append("even", number.isMultiple(of: 2))
          $0.append("padding", String(repeating: "x", count: padding))
        })
    }
    #expect(try collection.write(batch).inserted == range.count)
  }

  @Test func whatIsWrittenIsFound() throws {
    try withMongoDB { database in
      try database.ping()
      let collection = database.collection("things")
      var batch = BulkWrite()
      let document = BSONDocument {
        $0.append("_id", "ঢাকা:202403")
        $0.array("journey_data") { $0.document { $0.append("timestamp", BSONDate(milliseconds: 1_700_000_000_123)) } }
        $0.append("", 0.5)
      }
      batch.insert(document)
      var expected = BulkResult()
      expected.inserted = 1
      #expect(try collection.write(batch) == expected)
      let found = try collection.findOne(BSONDocument { $0.append("_id", "ঢাকা:202403") })
      #expect(found == document)
      #expect(try collection.findOne(BSONDocument { $0.append("_id", "another") }) == nil)
    }
  }

  @Test func aCursorGoesThroughManyBatches() throws {
    try withMongoDB { database in
      let collection = database.collection("numbers")
      try Self.numbers(collection, 0..<2500, padding: 100)
      let sorted = BSONDocument { $0.append("_id", -1) }
      var cursor = collection.find(
        BSONDocument { $0.append("even", true) }, projection: BSONDocument { $0.append("even", 1) }, sort: sorted,
        batchSize: 101)
      var ids: [Int64] = []
      while var document = try cursor.next() {
        var keys: [String] = []
        while let element = try document.next() {
          keys.append(element.key)
          if element.hasKey("_id"), let id = element.int64 { ids.append(id) }
        }
        #expect(keys == ["_id", "even"])
      }
      #expect(ids == stride(from: 2498, through: 0, by: -2).map { Int64($0) })
      #expect(try cursor.nextCopy() == nil)
      #expect(try collection.count() == 2500)
      #expect(try collection.count(BSONDocument { $0.append("_id", -1) }) == 0)
    }
  }

  @Test func aPipelineComputesOnTheServer() throws {
    try withMongoDB { database in
      let collection = database.collection("numbers")
      try Self.numbers(collection, 0..<100)
      var cursor = collection.aggregate(
        BSONArray {
          $0.document { $0.append("$match", BSONDocument { $0.append("even", true) }) }
          $0.document {
            $0.document("$group") {
              $0.append("_id", String?.none)
              $0.document("sum") { $0.append("$sum", "$_id") }
            }
          }
        })
      let document = try #require(try cursor.nextCopy())
      var sum: Int64?
      var reader = document.reader
      while let element = try reader.next() { if element.hasKey("sum") { sum = element.int64 } }
      #expect(sum == 2450)
    }
  }

  @Test func threadsShareThePool() async throws {
    let database = try MongoDB(uri: try TestServers.mongoURI, database: TestServers.freshName("stores_tests"))
    let queue = BlockingQueue("mongodb tests", threads: 8)
    defer { try? database.dropDatabase() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<8 {
        group.addTask {
          try await queue.run {
            try Self.numbers(database.collection("numbers"), worker * 100..<(worker + 1) * 100)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try await queue.run { try database.collection("numbers").count() } == 800)
  }

  @Test func aCursorGivesItsConnectionBack() throws {
    // With one connection a second operation would wait for ever if the first had kept it.
    let uri = try TestServers.mongoURI + "&maxPoolSize=1&waitQueueTimeoutMS=2000"
    let database = try MongoDB(uri: uri, database: TestServers.freshName("stores_tests"))
    defer { try? database.dropDatabase() }
    let collection = database.collection("numbers")
    try Self.numbers(collection, 0..<300)
    for _ in 0..<3 {
      var cursor = collection.find(batchSize: 10)
      _ = try cursor.nextCopy()
    }
    #expect(try collection.count() == 300)
  }
}
