/// The answer of `fit kmeans`.
public struct KMeansReport: Encodable, Sendable {
  public struct Segment: Encodable, Sendable {
    /// See `RFMSegment`.
    public var name: String?
    public var size: Int
    public var share: Double
    /// The centre in the units of the table, by column.
    public var centre: [String: Double]
  }

  public struct Seconds: Encodable, Sendable {
    public var read: Double
    public var fit: Double

    public init(read: Double, fit: Double) {
      self.read = read
      self.fit = fit
    }
  }

  public var learner = KMeansModel.learner
  public var inertia: Double
  public var sizes: [Int]
  /// In standardised coordinates, in the order of `columns`.
  public var centres: [[Double]]
  public var iterations: Int
  public var columns: [String]
  public var means: [Double]
  public var standardDeviations: [Double]
  public var segments: [Segment]
  public var silhouette: Double?
  public var seconds: Seconds

  enum CodingKeys: String, CodingKey {
    case learner, inertia, sizes, centres, iterations, columns, means, segments, silhouette, seconds
    case standardDeviations = "standard_deviations"
  }

  public init(_ model: KMeansModel, silhouette: Double? = nil, seconds: Seconds) {
    inertia = model.inertia
    sizes = model.sizes
    centres = model.centres
    iterations = model.iterations
    columns = model.scaling.columns
    means = model.scaling.means
    standardDeviations = model.scaling.standardDeviations
    let rows = Double(model.sizes.reduce(0, +))
    let names = model.segmentNames
    segments = model.sizes.indices.map { cluster in
      Segment(
        name: names?[cluster], size: model.sizes[cluster], share: Double(model.sizes[cluster]) / rows,
        centre: Dictionary(
          zip(model.scaling.columns, model.values(ofCentre: cluster)), uniquingKeysWith: { first, _ in first }))
    }
    self.silhouette = silhouette
    self.seconds = seconds
  }
}
