import Stores
import TestSupport
import Testing

@Suite struct BulkWriteTests {
  private static func id(_ value: String) -> BSONDocument { BSONDocument { $0.append("_id", value) } }

  /// Adds an event unless the document has it: the update that ingestion relies on, in small.
  private static func addEvent(_ event: String) -> BSONArray {
    let missing = BSONDocument {
      $0.append(
        "$ifNull",
        BSONArray {
          $0.append("$events")
          $0.append(BSONArray { _ in })
        })
    }
    return BSONArray {
      $0.document {
        $0.document("$set") {
          $0.document("events") {
            $0.append(
              "$setUnion",
              BSONArray {
                $0.append(missing)
                $0.append(BSONArray { $0.append(event) })
              })
          }
        }
      }
    }
  }

  private static func events(_ document: BSONDocument?) throws -> [String] {
    guard let document else { return [] }
    var events: [String] = []
    var reader = document.reader
    while let element = try reader.next() {
      guard element.hasKey("events"), var list = try element.nested() else { continue }
      while let event = try list.next() { events.append(event.string ?? "") }
    }
    return events.sorted()
  }

  @Test func aPipelineUpsertsAndIsIdempotent() throws {
    try withMongoDB { database in
      let collection = database.collection("journeys")
      var batch = BulkWrite()
      batch.update(Self.id("a"), pipeline: Self.addEvent("1"), upsert: true)
      batch.update(Self.id("b"), pipeline: Self.addEvent("2"), upsert: true)
      let first = try collection.write(batch)
      #expect(first.upserted == [0, 1] && first.matched == 0 && first.failures.isEmpty)
      batch.update(Self.id("a"), pipeline: Self.addEvent("3"), upsert: true)
      let second = try collection.write(batch)
      #expect(second.upserted.isEmpty && second.matched == 3 && second.modified == 1)
      #expect(try Self.events(collection.findOne(Self.id("a"))) == ["1", "3"])
      batch.removeAll()
      #expect(batch.isEmpty && batch.byteCount == 0)
      #expect(try collection.write(batch) == BulkResult())
    }
  }

  @Test func aRefusedOperationIsNamedAndTheOthersAreDone() throws {
    try withMongoDB { database in
      let collection = database.collection("profiles")
      try collection.createIndex(BSONDocument { $0.append("customer_id", 1) }, unique: true)
      func profile(_ id: String, _ customer: String) -> BSONDocument {
        BSONDocument {
          $0.append("_id", id)
          $0.append("customer_id", customer)
        }
      }
      var batch = BulkWrite()
      batch.insert(profile("1", "hidden-word"))
      batch.insert(profile("2", "hidden-word"))
      batch.update(
        Self.id("3"), BSONDocument { $0.document("$set") { $0.append("customer_id", "other") } }, upsert: true)
      batch.update(Self.id("1"), BSONDocument { $0.document("$inc") { $0.append("customer_id", 1) } })
      batch.insert(profile("3", "third"))
      batch.replace(Self.id("4"), with: profile("4", "fourth"), upsert: true)
      let result = try collection.write(batch)
      #expect(result.inserted == 1 && result.upserted == [2, 5])
      #expect(result.failures.map(\.index).sorted() == [1, 3, 4])
      for failure in result.failures {
        #expect(failure.error.message.hasPrefix("mongodb: writing a document of profiles at "))
        #expect(!failure.error.message.contains("hidden") && !failure.error.message.contains("third"))
        #expect(failure.error.isRetriable == false)
        if failure.index != 3 { #expect(failure.error.code == .duplicate && failure.error.serverCode == "11000") }
      }
      #expect(try collection.count() == 3)
    }
  }

  @Test func aWriteConcernThatCannotBeMetIsAnError() throws {
    let uri = try TestServers.mongoURI + "&w=5&wtimeoutMS=200"
    let database = try MongoDB(uri: uri, database: TestServers.freshName("stores_tests"))
    defer { try? database.dropDatabase() }
    var batch = BulkWrite()
    batch.insert(Self.id("1"))
    let failure = storeError { _ = try database.collection("journeys").write(batch) }
    #expect(failure?.code == .settings && failure?.serverCode == "100")
  }

  @Test func theSameBatchCanBeSentAgain() throws {
    try withMongoDB { database in
      let collection = database.collection("journeys")
      var batch = BulkWrite()
      for index in 0..<500 { batch.update(Self.id("\(index % 50)"), pipeline: Self.addEvent("\(index)"), upsert: true) }
      for _ in 0..<2 {
        let result = try collection.write(batch)
        #expect(result.failures.isEmpty)
      }
      #expect(try collection.count() == 50)
      #expect(try Self.events(collection.findOne(Self.id("7"))).count == 10)
    }
  }
}
