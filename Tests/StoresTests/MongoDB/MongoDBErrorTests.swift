import Stores
import TestSupport
import Testing

@Suite struct MongoDBErrorTests {
  @Test func aServerThatIsAwayIsNamedAndWorthAnotherTry() throws {
    let database = try MongoDB(
      uri: "mongodb://u:hidden-word@127.0.0.1:1/?journal=true", database: "d",
      serverSelectionTimeout: .milliseconds(300))
    let failures = [
      storeError { try database.ping() },
      storeError { _ = try database.collection("c").findOne(.empty) },
      storeError {
        var batch = BulkWrite()
        batch.insert(.empty)
        _ = try database.collection("c").write(batch)
      },
    ]
    for failure in failures {
      #expect(failure?.code == .unavailable && failure?.isRetriable == true)
      #expect(failure?.message.contains("check that the server runs") == true)
      #expect(failure?.message.contains("hidden") == false)
    }
    #expect(failures[0]?.message.hasPrefix("mongodb: ping at 127.0.0.1:1/d failed: ") == true)
  }

  @Test func aServerThatNeverAnswersIsGivenUp() throws {
    let silent = try SilentServer()
    let database = try MongoDB(
      uri: "mongodb://127.0.0.1:\(silent.port)/", database: "d", serverSelectionTimeout: .milliseconds(300),
      socketTimeout: .milliseconds(300))
    let failure = storeError { try database.ping() }
    #expect(failure?.code == .unavailable && failure?.isRetriable == true)
  }

  @Test(arguments: [
    "mongodb://user:hidden/word@127.0.0.1/", "hidden-word",
    "mongodb://user:hidden%zz@127.0.0.1/", "mongodb://127.0.0.1:hidden/", "mongodb://user:p@hidden@127.0.0.1:1/",
  ])
  func aMalformedURIIsNotShown(uri: String) {
    let failure = storeError { _ = try MongoDB(uri: uri, database: "d") }
    #expect(failure?.code == .settings)
    #expect(failure?.message.contains("hidden") == false)
  }

  @Test(arguments: ["", "a.b", "a b", "a/b", "a$b"])
  func aDatabaseNameThatMongoDBForbidsIsASetting(name: String) throws {
    #expect(storeError { _ = try MongoDB(uri: "mongodb://127.0.0.1/", database: name) }?.code == .settings)
  }

  @Test func aWrongPasswordIsNotShown() throws {
    let uri = try TestServers.mongoURI.replacing("mongodb://", with: "mongodb://user:hidden-word@")
    let database = try MongoDB(uri: uri, database: "d")
    let failure = storeError { try database.ping() }
    #expect(failure?.code == .authentication)
    #expect(failure?.message.contains("hidden") == false)
  }

  @Test func aCommandThatTheServerDoesNotKnowIsAQuery() throws {
    try withMongoDB { database in
      let failure = storeError {
        try database.command(BSONDocument { $0.append("noSuchCommand", "hidden-word") }, operation: "trying")
      }
      #expect(failure?.code == .query && failure?.serverCode == "59")
      #expect(failure?.message.contains("hidden") == false)
      let find = storeError {
        let filter = BSONDocument { $0.append("a", BSONDocument { $0.append("$noSuchOperator", "hidden-word") }) }
        _ = try database.collection("c").findOne(filter)
      }
      #expect(find?.message.hasPrefix("mongodb: reading c at ") == true)
      #expect(find?.message.contains("hidden") == false)
      #expect(find?.isRetriable == false)
    }
  }
}
