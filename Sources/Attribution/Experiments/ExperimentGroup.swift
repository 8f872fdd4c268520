/// What is known of one group of an experiment: sums over its customers, of which any test can be made.
public struct ExperimentGroup: Sendable, Equatable {
  /// Customers.
  public var count: Int
  /// Of the metric over the customers; for a proportion the customers who did it.
  public var sum: Double
  /// Of the metric's squares; not needed for a proportion.
  public var sumSquares: Double?
  /// Of a ratio's denominator, of its squares, and of numerator times denominator.
  public var denominatorSum: Double?
  public var denominatorSumSquares: Double?
  public var cross: Double?
  /// Of what the customers did before the experiment, for a mean or a proportion.
  public var before: Covariate?

  /// Sums of a number that was known of every customer before the experiment.
  public struct Covariate: Sendable, Equatable {
    public var sum: Double
    public var sumSquares: Double
    /// Of its products with the metric.
    public var cross: Double

    public init(sum: Double, sumSquares: Double, cross: Double) {
      self.sum = sum
      self.sumSquares = sumSquares
      self.cross = cross
    }
  }

  public init(
    count: Int, sum: Double, sumSquares: Double? = nil, denominatorSum: Double? = nil,
    denominatorSumSquares: Double? = nil, cross: Double? = nil, before: Covariate? = nil
  ) {
    self.count = count
    self.sum = sum
    self.sumSquares = sumSquares
    self.denominatorSum = denominatorSum
    self.denominatorSumSquares = denominatorSumSquares
    self.cross = cross
    self.before = before
  }
}

extension ExperimentGroup {
  init(_ json: QueryValue) throws(AttributionError) {
    let fields = try json.object([
      "n", "sum", "sum_squares", "den_sum", "den_sum_squares", "cross", "before",
    ])
    count = Int(try fields.required("n").integer(0...Int64(1 << 53)))
    sum = try fields.required("sum").number()
    sumSquares = try fields["sum_squares"]?.number()
    denominatorSum = try fields["den_sum"]?.number()
    denominatorSumSquares = try fields["den_sum_squares"]?.number()
    cross = try fields["cross"]?.number()
    if let before = try fields["before"]?.object(["sum", "sum_squares", "cross"]) {
      self.before = Covariate(
        sum: try before.required("sum").number(), sumSquares: try before.required("sum_squares").number(),
        cross: try before.required("cross").number())
    }
  }
}
