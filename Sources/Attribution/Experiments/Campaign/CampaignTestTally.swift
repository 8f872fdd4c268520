/// What is counted of a variant: whole numbers, so that every cut adds up to the same.
struct VariantSums: Summable {
  /// Sums over the recipients of an outcome y, of what x it was in their past, of their squares and their product.
  struct Outcome: Sendable, Codable, Equatable {
    var sum: Int128 = 0
    var squares: Int128 = 0
    var past: Int128 = 0
    var pastSquares: Int128 = 0
    var cross: Int128 = 0

    init() {}

    init(_ now: Int128, past before: Int128) {
      (sum, squares) = (now, now &* now)
      (past, pastSquares, cross) = (before, before &* before, now &* before)
    }

    static func += (total: inout Outcome, other: Outcome) {
      total.sum &+= other.sum
      total.squares &+= other.squares
      total.past &+= other.past
      total.pastSquares &+= other.pastSquares
      total.cross &+= other.cross
    }
  }

  static let zero = VariantSums()

  var recipients = 0
  /// Recipients whose window reaches beyond the end of the data.
  var inProgress = 0
  /// Recipients of this variant first and of others later, whether or not they count.
  var mixed = 0
  /// Of zeros and ones.
  var converting = Outcome()
  var conversions = Outcome()
  /// Minor units.
  var revenue = Outcome()
  /// Revenue times conversions.
  var cross: Int128 = 0
  /// Whether a customer's revenue is beyond `mostRevenue`.
  var isOverflown = false

  /// Minor units of one customer: the squares of a billion of them fit 128 bits.
  private static let mostRevenue: Int128 = 1 << 48

  init() {}

  /// One recipient.
  init(_ outcome: RecipientOutcome) {
    recipients = 1
    inProgress = outcome.isInProgress ? 1 : 0
    mixed = outcome.isMixed ? 1 : 0
    let (now, past) = (outcome.now, outcome.past)
    guard now.revenue.magnitude < Self.mostRevenue, past.revenue.magnitude < Self.mostRevenue else {
      isOverflown = true
      return
    }
    converting = Outcome(now.count > 0 ? 1 : 0, past: past.count > 0 ? 1 : 0)
    conversions = Outcome(Int128(now.count), past: Int128(past.count))
    revenue = Outcome(now.revenue, past: past.revenue)
    cross = now.revenue &* Int128(now.count)
  }

  static func += (total: inout VariantSums, other: VariantSums) {
    total.recipients += other.recipients
    total.inProgress += other.inProgress
    total.mixed += other.mixed
    total.converting += other.converting
    total.conversions += other.conversions
    total.revenue += other.revenue
    total.cross &+= other.cross
    total.isOverflown = total.isOverflown || other.isOverflown
  }
}

/// What one customer did after his assignment and before it.
struct RecipientOutcome {
  struct Conversions {
    var count = 0
    /// Minor units.
    var revenue: Int128 = 0

    @inline(__always)
    mutating func add(_ amount: Int64) {
      count &+= 1
      if amount != .min { revenue &+= Int128(amount) }
    }
  }

  var now = Conversions()
  var past = Conversions()
  var isInProgress = false
  var isMixed = false
}

/// What is counted of a campaign's variants.
public struct CampaignTestTally: Sendable, Codable, Equatable {
  /// By code of the variant.
  var variants = KeyedSums<VariantSums>()
  /// Places in the store of who was shown several variants, in order.
  var mixed: [Int32] = []
}
