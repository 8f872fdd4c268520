import Foundation
import Journeys
import TestSupport
import Testing

@Suite struct JourneyImportTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private var output: URL { folder.url.appending(path: "store") }

  private func line(_ number: Int, customer: String = "c", type: String = "page_view", data: String = "{}") -> String {
    let id = "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - String(number).count) + String(number)
    return #"{"id":"\#(id)","customer_id":"\#(customer)","event_type":"\#(type)","timestamp":"2024-01-01T00:00:00Z","#
      + #""event_data":\#(data)}"#
  }

  private func csv(
    _ text: String, _ columns: String, _ change: (inout CSVMapping) throws -> Void = { _ in }
  ) throws -> (JourneyImport.Report, JourneyStore) {
    var mapping = try CSVMapping(columns: columns, inputTimeZone: try ZonedCalendar("UTC"))
    try change(&mapping)
    let report = try JourneyImport(.csv(mapping)).run([try folder.file("in.csv", text)], to: output)
    return (report, try JourneyStore(output))
  }

  @Test func duplicatesAndRejectsAreCountedByRuleAndPlace() throws {
    let text = [
      line(1), line(2), line(1), "nonsense", "", line(3, customer: ""), line(4, data: #"{"amount":-1}"#), "[]", line(5),
    ]
    .joined(separator: "\r\n")
    let report = try JourneyImport(.jsonLines).run([try folder.file("in.jsonl", text)], to: output)
    #expect(report.manifest.events == 3)
    #expect(report.manifest.source.duplicates == 1)
    #expect(report.manifest.source.read == 8)
    #expect(
      report.manifest.source.rejected
        == ["malformed_json": 1, "invalid_length": 1, "negative_amount": 1, "not_an_object": 1])
    #expect(report.rejections.first { $0.code == .malformedJSON }?.firstPlace.hasSuffix("in.jsonl:4") == true)
  }

  @Test func furtherPropertiesAreKept() throws {
    let text = line(1, data: #"{"plan":"pro","user.name":"a","channel":"x","a/b":1}"#) + "\n" + line(2)
    _ = try JourneyImport(.jsonLines, properties: ["plan", "user.name", "channel", "a/b", "never"])
      .run([try folder.file("in.jsonl", text)], to: output)
    let store = try JourneyStore(output)
    for (name, expected) in [("plan", "pro"), ("user.name", "a"), ("event_data.channel", "x"), ("a/b", "1")] {
      guard case .names(let codes, let names) = try store.property(name) else { throw EventError(.missingField, name) }
      #expect(names[codes[0]] == expected)
      #expect(codes[1] == -1)
    }
    guard case .names(let codes, _) = try store.property("never") else { throw EventError(.missingField, "never") }
    #expect(codes[0] == -1)
    try store.verify()
  }

  @Test func longLinesAndManyRefillsAreRead() throws {
    // Lines around and far beyond the read buffer's megabyte.
    let lengths = [10, 1 << 19, (1 << 20) - 300, 1 << 20, 3 << 20, 5]
    let text = lengths.enumerated().map { index, length in
      line(index, data: #"{"page":"\#(String(repeating: "x", count: length))"}"#)
    }.joined(separator: "\n")
    let report = try JourneyImport(.jsonLines).run([try folder.file("in.jsonl", text)], to: output)
    #expect(report.rejections.isEmpty)
    guard case .names(let codes, let names) = try JourneyStore(output).property("page") else { return }
    #expect((0..<codes.count).map { names[codes[$0]].utf8.count } == lengths)
  }

  @Test func csvFollowsRFC4180() throws {
    let text =
      "\u{feff}who,when,note\r\n\"a,1\",2024-01-01,\"said \"\"hi\"\"\r\nthere\"\r\nb,2024-01-02 10:30,\r\n\n"
      + "c,2024-01-03T01:02:03.5+06:00,\"\"\n\"d\",2024-01-04 10:00:00,last"
    let (report, store) = try csv(text, "customer_id=who,timestamp=when,page=note") {
      $0.constants = [("event_type", "purchase")]
    }
    #expect(report.rejections.isEmpty)
    #expect((0..<4).map { store.customerID($0) } == ["a,1", "b", "c", "d"])
    #expect(
      store.timestamps.map == [
        1_704_067_200_000_000, 1_704_191_400_000_000, 1_704_222_123_500_000, 1_704_362_400_000_000,
      ])
    guard case .names(let codes, let names) = try store.property("page") else { return }
    #expect(codes.map.map { $0 < 0 ? nil : names[$0] } == ["said \"hi\"\r\nthere", nil, nil, "last"])
  }

  @Test func amountsOfCSVAreExactDecimals() throws {
    let text =
      "c,t,q,p\n1,2024-01-01,3,0.29\n2,2024-01-01,6,2.55\n3,2024-01-01,1,0.125\n4,2024-01-01,-1,5\n"
      + "5,2024-01-01,x,5\n6,2024-01-01,1,1e2\n7,2024-01-01,1,0.135\n"
    let (report, store) = try csv(text, "customer_id=c,timestamp=t") {
      $0.constants = [("event_type", "purchase")]
      $0.amountProduct = ("q", "p")
    }
    #expect(store.amounts.map == [87, 1530, 12, 10_000, 14])
    #expect(report.manifest.source.rejected == ["negative_amount": 1, "wrong_type": 1])
    #expect(report.manifest.source.rounded == 2)
  }

  @Test func flaggedRowsAreAConversionBesideTheirTouch() throws {
    let text = "c,t,ch,conv,v\na,2024-01-01,email,0,\na,2024-01-02,sms,1,10\na,2024-01-03,,1,20\n"
    let (_, store) = try csv(text, "customer_id=c,timestamp=t,channel=ch,amount=v") { $0.conversionFlag = "conv" }
    let events = (0..<store.eventCount).map { event in
      "\(store.eventTypeNames[store.eventTypes[event]]) \(store.amounts[event] == Money.none ? "-" : "\(store.amounts[event])")"
    }
    #expect(events == ["page_view -", "page_view -", "purchase 1000", "purchase 2000"])
  }

  @Test func idsThatAreNoUUIDsStillTellDuplicates() throws {
    let text = "i,c,t\n1,a,2024-01-01\n2,a,2024-01-01\n1,a,2024-01-05\n"
    let (report, _) = try csv(text, "id=i,customer_id=c,timestamp=t") { $0.constants = [("event_type", "x")] }
    #expect(report.manifest.events == 2)
    #expect(report.manifest.source.duplicates == 1)
  }

  @Test(
    arguments: [
      ("%Y%m%d", "19970118", 853_545_600_000_000), ("yyyyMMdd", "19970118", 853_545_600_000_000),
      ("%d/%m/%Y %I:%M %p", "18/01/1997 01:05 PM", 853_592_700_000_000), ("unix", "853545600.5", 853_545_600_500_000),
      ("unix_ms", "853545600123", 853_545_600_123_000), ("%d %b %y", "18 Jan 97", 853_545_600_000_000),
      ("%Y-%m-%dT%H:%M:%S.%f%z", "1997-01-18T06:00:00.25+0600", 853_545_600_250_000),
    ] as [(String, String, Int64)])
  func timestampFormats(_ format: String, _ text: String, _ expected: Int64) throws {
    let (report, store) = try csv("c,t\na,\(text)\n", "customer_id=c,timestamp=t") {
      $0.constants = [("event_type", "x")]
      $0.timestampFormat = try TimestampFormat(format)
    }
    #expect(report.rejections.isEmpty)
    #expect(store.timestamps.map == [expected])
  }

  @Test func localTimesAreReadInTheInputZone() throws {
    let (_, store) = try csv("c,t\na,2024-07-01 12:00:00\n", "customer_id=c,timestamp=t") {
      $0.constants = [("event_type", "x")]
      $0.inputTimeZone = try ZonedCalendar("Europe/London")
    }
    #expect(store.timestamps.map == [1_719_831_600_000_000])
  }

  @Test func wrongMappingsAreRefused() throws {
    let zone = try ZonedCalendar("UTC")
    #expect(throws: JourneyError.self) { try CSVMapping(columns: "customer_id", inputTimeZone: zone) }
    #expect(throws: JourneyError.self) { try CSVMapping(columns: "a=b,a=c", inputTimeZone: zone) }
    #expect(throws: JourneyError.self) { try CSVMapping(columns: "customer_id=c", inputTimeZone: zone).validate() }
    #expect(throws: JourneyError.self) {
      try CSVMapping(columns: "customer_id=c,timestamp=t", inputTimeZone: zone).validate()
    }
    #expect { try csv("c,t\na,2024-01-01\n", "customer_id=who,timestamp=t") } throws: {
      ($0 as? JourneyError)?.code == .unknownName
    }
    #expect(throws: JourneyError.self) { try csv("c,t\n\"a,2024-01-01\n", "customer_id=c,timestamp=t") }
    #expect(throws: JourneyError.self) { try csv("", "customer_id=c,timestamp=t") }
    #expect(!FileManager.default.fileExists(atPath: output.path))
    #expect(throws: JourneyError.self) { try TimestampFormat("%Q") }
  }

  @Test func gzipOfSeveralMembersIsReadAndATruncatedOneIsNot() throws {
    // `printf 'LINE\n' | gzip` twice, one behind the other: made by a gzip program, decoded by ours.
    let first = try gzip(line(1) + "\n")
    let second = try gzip(line(2) + "\n")
    let report = try JourneyImport(.jsonLines).run([try folder.file("in.jsonl.gz", first + second)], to: output)
    #expect(report.manifest.events == 2)
    #expect(throws: JourneyError.self) {
      try JourneyImport(.jsonLines).run([try folder.file("cut.jsonl.gz", (first + second).dropLast(9))], to: output)
    }
    #expect(throws: JourneyError.self) {
      try JourneyImport(.jsonLines).run([try folder.file("no.jsonl.gz", "no gzip")], to: output)
    }
    #expect(try JourneyStore(output).eventCount == 2)
  }

  private func gzip(_ text: String) throws -> Data {
    let file = try folder.file("plain-\(UUID().uuidString)", text)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-c", file]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return data
  }

  @Test(.enabled(if: SharedData.exists)) func onlineRetailIsReadToTheLastLine() throws {
    var mapping = try CSVMapping(
      columns: "customer_id=CustomerID,timestamp=InvoiceDate,order_id=InvoiceNo,location=Country",
      inputTimeZone: try ZonedCalendar("Europe/London"))
    mapping.constants = [("event_type", "purchase")]
    mapping.amountProduct = ("Quantity", "UnitPrice")
    let report = try JourneyImport(.csv(mapping)).run([SharedData.url("data/online_retail.csv.gz").path], to: output)
    // DATA.md: 541,909 lines, 135,080 without a customer.
    #expect(report.manifest.source.read == 541_909)
    #expect(report.manifest.source.rejected["missing_field"] == 135_080)
    #expect(report.manifest.events + report.rejections.reduce(0) { $0 + $1.count } == 541_909)
  }
}

extension Column {
  fileprivate var map: [Element] { (0..<count).map { self[$0] } }
}
