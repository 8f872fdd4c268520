import Journeys

/// A CSV file of aggregated paths, as the field's libraries take it.
///
/// Header `path,total_conversions[,total_conversion_value][,total_null]` in any order, further columns are ignored;
/// the steps of a path are separated by `>`, blanks around them and empty steps do not count. Numbers are doubles of at
/// least 0; fractions of a conversion are legal. A row whose path has no step is unattributed. Streams: memory is that
/// of the distinct steps and pairs of them, and for the models that need them of the distinct sets or paths.
public struct PathFile: Sendable {
  /// Rows that were left out for the same reason.
  public struct Rejection: Sendable, Equatable {
    public let reason: String
    public internal(set) var count: Int
    /// File and line of the first one.
    public let firstPlace: String
  }

  public struct Report: Sendable {
    /// One for each model, in the order asked for.
    public let results: [AttributionResult]
    /// Read, the rejected included.
    public let rows: Int
    /// The most frequent first.
    public let rejections: [Rejection]
  }

  /// Bytes read, of all (nil for stdin), and rows so far.
  public typealias Progress = (_ bytes: Int, _ total: Int?, _ rows: Int) throws -> Void

  private let path: String

  /// - Parameter path: `-` is stdin, `.gz` is unpacked.
  public init(_ path: String) { self.path = path }

  /// - Throws: `AttributionError` `.malformedPaths` when the header is not that of paths, `.unsolvable`;
  ///   `JourneyError` when the file cannot be read; what `progress` throws; `.invalidQuery`
  ///   for a model that needs to know when touches were. Rows that are no paths do not throw.
  public func attribute(
    _ models: [AttributionModel], _ settings: ModelSettings = ModelSettings(), repeats: Repeats = .all,
    bootstrap: BootstrapSettings? = nil, threads: Int = defaultThreads, progress: Progress = { _, _, _ in }
  ) async throws -> Report {
    if let model = models.first(where: \.needsTimes) {
      throw AttributionError(
        .invalidQuery,
        "attribution of paths of \(path): \(model.rawValue) needs to know when touches were, which a file of paths "
          + "does not tell; ask for other models, or take a journey store")
    }
    let needs = PathNeeds(models, settings)
    var reader = PathFileReader(needs.union(bootstrap == nil ? [] : .paths), repeats: repeats, settings)
    try await reader.read(CSVBlocks(try ByteSource(path)), threads: threads, progress)
    let counted = reader.finish()
    var results = try counted.results(models, settings)
    if let bootstrap {
      var resamples = Resamples(of: results, bootstrap)
      for number in 0..<bootstrap.resamples {
        resamples.add(try counted.resampled(needs, settings, seed: bootstrap.seed, number).results(models, settings))
      }
      results = resamples.withIntervals()
    }
    return Report(
      results: results, rows: reader.rows,
      rejections: reader.rejections.values.sorted { ($1.count, $0.reason) < ($0.count, $1.reason) })
  }
}
