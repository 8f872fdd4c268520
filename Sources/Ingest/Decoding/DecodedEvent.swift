import Journeys

/// An event that keeps the rules, taken apart into what the steps of a write need.
struct DecodedEvent {
  /// What the ledger knows about the event's id.
  enum Standing: UInt8 {
    /// Written into the ledger just now: nobody has counted it yet.
    case new
    /// The ledger names this very delivery: an earlier attempt may have come any far.
    case redelivered
    /// The id came before by another delivery.
    case duplicate
    /// So, and with another customer or month: the first one holds.
    case conflicting
  }

  var id: EventID
  /// Place in the batch's sources.
  var source: Int
  var offset: Int64
  var standing = Standing.new
  /// Code in `JourneyPages`, by customer and month.
  var journey: Int32
  /// The journey's entry as BSON, in the batch's `entries`.
  var entry: Range<Int>
  var timestamp: Int64
  /// Minor units of a purchase, otherwise 0.
  var revenue: Int64
  /// What it counts as for its campaign.
  var metric: CampaignMetric?
  /// Codes in `Names`, -1 for none.
  var touchpoint: Int32
  var channel: Int32
  var campaign: Int32
  var location: Int32
  var device: Int32
  var variant: Int32

  /// Whether the journey should have it: a second delivery may find that the first never got that far.
  var belongsToJourney: Bool { standing != .conflicting }
  /// Whether this is the delivery that counts for its id.
  var isCanonical: Bool { standing == .new || standing == .redelivered }
}

/// A batch after parsing.
final class DecodedBatch {
  struct Rejected {
    /// Place in the batch's deliveries.
    var delivery: Int
    var error: EventError
  }

  let batch: EventBatch
  /// In the order of the deliveries.
  var events: [DecodedEvent] = []
  var rejected: [Rejected] = []
  /// BSON documents, one behind the other.
  var entries: [UInt8] = []

  init(_ batch: EventBatch) {
    self.batch = batch
    events.reserveCapacity(batch.deliveries.count)
  }
}
