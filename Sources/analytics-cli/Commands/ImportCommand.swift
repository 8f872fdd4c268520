import ArgumentParser
import Foundation
import Journeys

struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Files of events → a columnar journey store, no server needed.",
    discussion: """
      Reads JSONL (one event a line) or, with --columns, CSV. '-' is stdin, .gz is unpacked. Lines that break a rule of \
      the event are left out, counted by rule and named by file and line (exit status 3).

      Examples:
        analytics-cli import --output journeys events.jsonl.gz
        analytics-cli import --output shop online_retail.csv.gz \\
          --columns customer_id=CustomerID,timestamp=InvoiceDate,order_id=InvoiceNo,location=Country \\
          --amount-product Quantity,UnitPrice --constant event_type=purchase --input-timezone Europe/London
      """)

  @Argument(help: ArgumentHelp("JSONL or CSV files; '-' is stdin.", valueName: "file"))
  var files: [String]

  @Option(
    help: ArgumentHelp("Where the journey store is written; an older one there is replaced.", valueName: "directory"))
  var output: String

  @Option(
    name: .customLong("property"), help: ArgumentHelp("Keep a further key of event_data as a column.", valueName: "key")
  )
  var properties: [String] = []

  @Option(help: ArgumentHelp("The files are CSV: event field=CSV column, …", valueName: "field=column,…"))
  var columns: String?

  @Option(
    name: .customLong("constant"),
    help: ArgumentHelp("A field that has one value in every row.", valueName: "field=value"))
  var constants: [String] = []

  @Option(help: ArgumentHelp("Two CSV columns whose product is the amount.", valueName: "a,b"))
  var amountProduct: String?

  @Option(
    help: ArgumentHelp("CSV column; a row with 1 there is a conversion event beside its touch.", valueName: "column"))
  var conversionFlag: String?

  @Option(help: "How CSV writes times: %Y-%m-%d %H:%M:%S, yyyyMMdd, unix, unix_ms (default: recognised).")
  var timestampFormat: String?

  @Option(help: "Time zone of CSV times that carry none.")
  var inputTimezone = "UTC"

  @OptionGroup var separator: DelimiterOptions

  @OptionGroup var answer: ReportOptions

  func run() async throws {
    let progress = Progress("import", unit: "events")
    let journeyImport = JourneyImport(try format(), properties: properties) { bytes, total, events in
      try progress.update(share: total.map { Double(bytes) / Double(max($0, 1)) }, count: events)
    }
    let report = try journeyImport.run(files, to: URL(filePath: output))
    progress.finish()
    for rejection in report.rejections {
      Stderr.print(
        "import: rejected \(TextTable.Cell.integer(rejection.count).forPeople) × \(rejection.code.rawValue): "
          + "\(rejection.message); the first at \(rejection.firstPlace)")
      if rejection.code == .invalidTimestamp, columns != nil {
        Stderr.print("import: say how times are written with --timestamp-format, such as '%d/%m/%Y %H:%M'")
      }
    }
    try answer.write(ImportSummary(report, directory: output))
    if !report.rejections.isEmpty { throw ExitCode.someRejected }
  }

  private func format() throws -> JourneyImport.Format {
    guard let columns else {
      guard constants.isEmpty, amountProduct == nil, conversionFlag == nil, timestampFormat == nil else {
        throw ValidationError(
          "--constant, --amount-product, --conversion-flag and --timestamp-format complete --columns")
      }
      return .jsonLines
    }
    let mapping = try usage { () throws(JourneyError) in
      var mapping = try CSVMapping(columns: columns, inputTimeZone: try ZonedCalendar(inputTimezone))
      for constant in constants { mapping.constants.append(try CSVMapping.pair(constant, "--constant")) }
      if let timestampFormat { mapping.timestampFormat = try TimestampFormat(timestampFormat) }
      if let amountProduct {
        let parts = amountProduct.split(separator: ",").map(String.init)
        guard parts.count == 2 else {
          throw JourneyError(.malformedText, "--amount-product takes two columns, such as Quantity,UnitPrice")
        }
        mapping.amountProduct = (parts[0], parts[1])
      }
      mapping.conversionFlag = conversionFlag
      try mapping.validate()
      return mapping
    }
    var result = mapping
    result.delimiter = try separator.byte
    return .csv(result)
  }
}

/// What an import did.
struct ImportSummary: Answer {
  struct Rejected: Encodable { let code: String, count: Int, first: String, reason: String }

  let directory: String
  let read: Int
  let events: Int
  let customers: Int
  let duplicates: Int
  let rejected: Int
  let rejections: [Rejected]
  let roundedAmounts: Int

  enum CodingKeys: String, CodingKey {
    case directory, read, events, customers, duplicates, rejected, rejections
    case roundedAmounts = "rounded_amounts"
  }

  init(_ report: JourneyImport.Report, directory: String) {
    self.directory = directory
    read = report.manifest.source.read
    events = report.manifest.events
    customers = report.manifest.customers
    duplicates = report.manifest.source.duplicates
    rejections = report.rejections.map {
      Rejected(code: $0.code.rawValue, count: $0.count, first: $0.firstPlace, reason: $0.message)
    }
    rejected = report.rejections.reduce(0) { $0 + $1.count }
    roundedAmounts = report.manifest.source.rounded
  }

  var table: TextTable {
    var table = TextTable(["", "count"], title: "Journey store \(directory)")
    table.rows = [
      [.text("read"), .integer(read)], [.text("events"), .integer(events)], [.text("customers"), .integer(customers)],
      [.text("duplicates dropped"), .integer(duplicates)], [.text("rejected"), .integer(rejected)],
      [.text("amounts rounded"), .integer(roundedAmounts)],
    ]
    return table
  }
}
