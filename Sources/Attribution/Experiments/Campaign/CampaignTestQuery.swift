/// Which variant of a campaign does better, asked of the events themselves.
///
/// A customer's first event that names the campaign and a variant assigns him to it. What he does in the window behind
/// that event, in the order of the store, is his outcome; what he did before it is his past.
public struct CampaignTestQuery: Sendable, Equatable {
  public enum Metric: String, Codable, Sendable, CaseIterable {
    /// The share of the recipients with a conversion.
    case rate
    /// Conversions per recipient.
    case conversions
    /// Revenue per recipient, major units.
    case revenue
    /// Revenue per conversion, major units; recipients are what was drawn.
    case orderValue = "order-value"
  }

  /// What becomes of customers who were shown a second variant.
  public enum MixedRule: String, Codable, Sendable, CaseIterable {
    /// They are left out: no variant can be said to have caused what they did.
    case drop
    /// They count for their first variant, as they were drawn.
    case first
  }

  public enum InProgressRule: String, Codable, Sendable, CaseIterable {
    /// Recipients whose window is not over when the data end count with what they have done so far.
    case include
    case exclude
  }

  public enum Correction: String, Codable, Sendable, CaseIterable {
    case holm
    case benjaminiHochberg = "benjamini-hochberg"
    case none
  }

  public var campaign: String
  /// The column that names the variant.
  public var variantColumn = "variant"
  /// Nil for the one named `control`, or else the first by name.
  public var control: String?
  /// What shares were meant, in any unit, by variant; nil for equal ones.
  public var split: [String: Double]?
  public var metrics: [Metric] = [.rate, .revenue]
  /// Event types that are conversions.
  public var conversions = ["purchase"]
  /// Whether only conversions that name the campaign count.
  public var countsOwnConversions = false
  /// How long after the assignment a conversion counts, microseconds.
  public var window: Int64 = 7 * 86_400_000_000
  /// How long before the assignment a customer's past reaches, microseconds; 0 for none.
  public var past: Int64 = 28 * 86_400_000_000
  /// Who was assigned in this time, microseconds since 1970 UTC, both ends included; nil for all.
  public var period: ClosedRange<Int64>?
  public var mixed = MixedRule.drop
  public var inProgress = InProgressRule.include
  /// By default absolute: the delta method of a relative one makes losses too sure and gains too unsure where the
  /// control's own mean is uncertain. How large it is beside the control's mean is said anyway.
  public var difference = ABTestQuery.Difference.absolute
  /// Of the p-values of all variants and metrics together. By default Holm's, as a campaign is decided once and one
  /// false alarm is one too many; Benjamini and Hochberg's when many are looked through for what deserves a closer look.
  public var correction = Correction.holm
  /// One less the level of the intervals.
  public var alpha = 0.05
  /// Recipients of two variants at which the sequential interval is about the narrowest.
  public var tuning = 5000.0

  public init(_ campaign: String) { self.campaign = campaign }
}
