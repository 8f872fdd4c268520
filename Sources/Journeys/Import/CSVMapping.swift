/// Which column of a CSV file means which field of the event.
public struct CSVMapping: Sendable {
  /// Fields of the event itself; every other name is a key of `event_data`.
  public static let eventFields: Set<String> = [
    "id", "customer_id", "event_type", "timestamp", "channel", "campaign_id", "amount",
  ]

  /// Event field or key of `event_data` → name of the CSV column.
  public var columns: [(field: String, column: String)]
  /// Event field or key → the value that every row has.
  public var constants: [(field: String, value: String)] = []
  /// Two columns whose product is the amount.
  public var amountProduct: (String, String)?
  /// The column that marks, with 1, `true` or `yes`, rows that are a conversion beside their touch.
  public var conversionFlag: String?
  public var timestampFormat: TimestampFormat = .automatic
  /// The zone of times that do not carry one.
  public var inputTimeZone: ZonedCalendar
  public var delimiter: UInt8 = UInt8(ascii: ",")

  /// What the conversion of a flagged row is called, and what its touch is called when no column or constant says.
  static let conversionType = "purchase"
  static let touchType = "page_view"

  /// - Parameter columns: `customer_id=CustomerID,timestamp=InvoiceDate,…`
  /// - Throws: `JourneyError.malformedText`.
  public init(columns text: String, inputTimeZone: ZonedCalendar) throws(JourneyError) {
    columns = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let (field, column) = try Self.pair(String(part), "--columns")
      columns.append((field, column))
    }
    self.inputTimeZone = inputTimeZone
    let fields = columns.map(\.field)
    guard Set(fields).count == fields.count else {
      throw JourneyError(.malformedText, "--columns names the same field twice")
    }
  }

  /// Splits `name=value` at the first equals sign.
  public static func pair(_ text: String, _ option: String) throws(JourneyError) -> (String, String) {
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex, text.index(after: equals) < text.endIndex
    else {
      throw JourneyError(
        .malformedText, "\(option): '\(text)' is not of the form name=value, such as customer_id=CustomerID")
    }
    return (String(text[..<equals]), String(text[text.index(after: equals)...]))
  }

  /// Refuses a mapping that cannot give events.
  public func validate() throws(JourneyError) {
    let fields = columns.map(\.field) + constants.map(\.field)
    let given = Set(fields)
    if let twice = fields.first(where: { field in fields.count { $0 == field } > 1 }) {
      throw JourneyError(.malformedText, "\(twice) is given twice, by --columns and --constant: leave one out")
    }
    for field in ["customer_id", "timestamp"] where !columns.contains(where: { $0.field == field }) {
      throw JourneyError(.malformedText, "--columns does not say which column is the \(field): add \(field)=COLUMN")
    }
    guard given.contains("event_type") || conversionFlag != nil else {
      throw JourneyError(
        .malformedText,
        "nothing says what kind of events the rows are: add event_type=COLUMN to --columns or give "
          + "--constant event_type=purchase")
    }
    guard amountProduct == nil || !given.contains("amount") else {
      throw JourneyError(.malformedText, "the amount is given by --amount-product and by a column: leave one out")
    }
  }

  /// The keys of `event_data` among the fields.
  var properties: [String] {
    (columns.map(\.field) + constants.map(\.field)).filter { !Self.eventFields.contains($0) }
  }
}
