import Journeys

/// Who belongs to which segment, and from when to when.
///
/// The events do not say, and neither does `customer_segments`, which holds rules and a count.
public struct SegmentMembers: Sendable {
  struct Membership: Sendable {
    let segment: Int32
    /// Microseconds since 1970 UTC; the end is not in it.
    let from: Int64
    let to: Int64
  }

  /// By code.
  let segments: [String]
  /// Of customer `c`: `memberships[offsets[c]..<offsets[c + 1]]`.
  let offsets: [Int]
  let memberships: [Membership]
  /// By segment: when memberships begin and end, of customers without events too, each in time order.
  private let joins: [[Int64]]
  private let leaves: [[Int64]]
  /// Whether any membership says when it began: without that there is no growth.
  let isDated: Bool

  /// Lines that were left out, and the place and reason of the first.
  public struct Rejections: Sendable, Equatable {
    public var count = 0
    public var first = ""
  }
  public private(set) var rejections = Rejections()

  /// Reads a CSV file with the columns `segment_id`, `customer_id` and, if wanted, `joined` and `left`: dates or
  /// RFC 3339 times; `left` is the first moment outside. A customer's memberships of one segment must not overlap.
  ///
  /// - Throws: `.invalidQuery` for another header; `JourneyError` when it cannot be read.
  public init(file path: String, calendar: ZonedCalendar, of store: JourneyStore) throws {
    var csv = CSVReader(try ByteSource(path))
    let header = try csv.next() ? (0..<csv.fieldCount).map { csv.text($0) } : []
    guard let segmentColumn = header.firstIndex(of: "segment_id"),
      let customerColumn = header.firstIndex(of: "customer_id")
    else {
      throw AttributionError(
        .invalidQuery,
        "read segments \(path): the header must have the columns segment_id, customer_id and may have joined, left")
    }
    let (joined, left) = (header.firstIndex(of: "joined"), header.firstIndex(of: "left"))
    var codes: [String: Int32] = [:]
    var all: [[(customer: String, membership: Membership)]] = []
    var rejections = Rejections()
    while try csv.next() {
      func reject(_ reason: String) {
        if rejections.count == 0 { rejections.first = "\(path):\(csv.line): \(reason)" }
        rejections.count += 1
      }
      guard csv.fieldCount == header.count else {
        reject("it takes \(header.count) fields")
        continue
      }
      let (segment, customer) = (csv.text(segmentColumn), csv.text(customerColumn))
      guard !segment.isEmpty, !customer.isEmpty else {
        reject("a segment and a customer must be named")
        continue
      }
      func moment(_ column: Int?) -> Int64?? {
        guard let column, !csv.text(column).isEmpty else { return .some(nil) }
        return (try? calendar.moment(csv.text(column))).map { .some($0) } ?? nil
      }
      guard let from = moment(joined), let to = moment(left), from ?? .min < to ?? .max else {
        reject("joined and left must be dates or times, joined before left")
        continue
      }
      let code = codes[segment] ?? Int32(all.count)
      if code == all.count {
        codes[segment] = code
        all.append([])
      }
      all[Int(code)].append((customer, Membership(segment: code, from: from ?? .min, to: to ?? .max)))
    }
    self.init(codes.sorted { $0.value < $1.value }.map(\.key), all, of: store)
    self.rejections = rejections
  }

  private init(
    _ segments: [String], _ all: [[(customer: String, membership: Membership)]], of store: JourneyStore
  ) {
    self.segments = segments
    joins = all.map { $0.map(\.membership.from).sorted() }
    leaves = all.map { $0.map(\.membership.to).sorted() }
    isDated = joins.contains { $0.last ?? .min != .min }
    var byCustomer = all.joined().compactMap { row in store.customerIndex(of: row.customer).map { ($0, row.membership) }
    }
    byCustomer.sort { ($0.0, $0.1.segment, $0.1.from) < ($1.0, $1.1.segment, $1.1.from) }
    memberships = byCustomer.map(\.1)
    var offsets = [Int](repeating: 0, count: store.customerCount + 1)
    for (customer, _) in byCustomer { offsets[customer + 1] += 1 }
    for customer in 0..<store.customerCount { offsets[customer + 1] += offsets[customer] }
    self.offsets = offsets
  }

  /// Members of a segment at a moment.
  func size(_ segment: Int, at moment: Int64) -> Int {
    Self.count(in: joins[segment], upTo: moment) - Self.count(in: leaves[segment], upTo: moment)
  }

  private static func count(in moments: [Int64], upTo moment: Int64) -> Int {
    var (low, high) = (0, moments.count)
    while low < high {
      let middle = (low + high) / 2
      if moments[middle] <= moment { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
