import Foundation
import Models
import TestSupport
import Testing

@Suite(.enabled(if: SharedData.exists)) struct KMeansReferenceTests {
  struct Case: Sendable {
    var log1p: Bool
    var inertia: Double
    var iterations: Int
    var sizes: [Int]
  }

  /// Recency, frequency and value of CDNOW's customers; scikit-learn from the same start has the same inertia.
  @Test(arguments: [
    Case(log1p: true, inertia: 2900.582526630, iterations: 12, sizes: [1722, 635]),
    Case(log1p: true, inertia: 1999.725168593, iterations: 26, sizes: [1371, 679, 307]),
    Case(log1p: true, inertia: 1604.814226276, iterations: 32, sizes: [919, 734, 464, 240]),
    Case(log1p: false, inertia: 3807.174471588, iterations: 6, sizes: [1685, 672]),
    Case(log1p: false, inertia: 2216.733630903, iterations: 17, sizes: [1619, 679, 59]),
    Case(log1p: false, inertia: 1787.117908935, iterations: 36, sizes: [1598, 584, 143, 32]),
  ]) func quantileStart(c: Case) async throws {
    let points = try Self.points(log1p: c.log1p)
    let (model, labels) = try await KMeans(settings: .init(clusters: c.sizes.count)).fit(points)
    #expect(abs(model.inertia / c.inertia - 1) < 1e-11)
    #expect(model.iterations == c.iterations)
    #expect(model.sizes == c.sizes)
    #expect(c.sizes.indices.allSatisfy { cluster in labels.count { $0 == Int32(cluster) } == c.sizes[cluster] })
    if c.log1p {
      for (got, expected) in zip(model.scaling.means, [5.631758255437104, 1.1239623124117781, 3.920005358206925]) {
        #expect(abs(got / expected - 1) < 1e-14)
      }
      let sds = [1.0155117484535099, 0.5772714511000254, 1.1245490698628793]
      for (got, expected) in zip(model.scaling.standardDeviations, sds) { #expect(abs(got / expected - 1) < 1e-14) }
    }
  }

  /// The best of 200 k-means++ starts of scikit-learn, found by 30 of ours.
  @Test func plusPlusFindsTheBestKnown() async throws {
    let points = try Self.points(log1p: false)
    let learner = KMeans(settings: .init(clusters: 4, start: .kMeansPlusPlus, starts: 30, seed: 3))
    let model = try await learner.fit(points).model
    #expect(model.inertia < 1534.775724860)
    #expect(model.sizes == [1615, 674, 67, 1])
  }

  /// scikit-learn's silhouette_score.
  @Test func silhouette() async throws {
    for (log1p, k, expected) in [(true, 3, 0.4881506522700767), (false, 2, 0.6567056735538604)] {
      let points = try Self.points(log1p: log1p)
      let labels = try await KMeans(settings: .init(clusters: k)).fit(points).labels
      let exact = try #require(try await Silhouette.mean(points, labels: labels))
      #expect(abs(exact - expected) < 1e-12)
      let sampled = try #require(try await Silhouette.mean(points, labels: labels, sample: 600, seed: 5))
      #expect(abs(sampled - expected) < 0.05)
      #expect(sampled == (try await Silhouette.mean(points, labels: labels, sample: 600, seed: 5, threads: 5)))
    }
  }

  @Test func segmentsHaveNames() async throws {
    let model = try await KMeans(settings: .init(clusters: 3)).fit(Self.points(log1p: true)).model
    #expect(model.segmentNames == ["hibernating", "loyal", "champions"])
    // Recency in days and purchases, back from logarithms: the champions bought two months ago, eight times.
    let champions = model.values(ofCentre: 2)
    #expect((20...60).contains(champions[0]) && (7...9).contains(champions[1]))
  }

  private static func points(log1p: Bool) throws -> ScaledPoints {
    let names = ["recency_days_end", "n_days_all", "spend_all"]
    return try ScaledPoints(CustomerTables.read("data/cdnow_rfm.csv", names), names: names, log1p: log1p)
  }
}

@Suite struct KMeansTests {
  /// Three clouds, more rows than one chunk.
  private func clouds(_ count: Int) throws -> (points: ScaledPoints, columns: [[Double]]) {
    var random = SeededRandom(seed: 7)
    var columns: [[Double]] = [[], []]
    for row in 0..<count {
      columns[0].append(Double(row % 3) * 10 + Double.random(in: 0..<1, using: &random))
      columns[1].append(Double(row % 3 == 1 ? 5 : 0) + Double.random(in: 0..<1, using: &random))
    }
    return (try ScaledPoints(columns, names: ["a", "b"], log1p: false), columns)
  }

  @Test(arguments: KMeansStart.allCases) func threadsDoNotChangeABit(start: KMeansStart) async throws {
    let (points, columns) = try clouds(17_000)
    let settings = KMeans.Settings(clusters: 3, start: start, starts: 2, seed: 11)
    let reference = try await KMeans(settings: settings, threads: 1).fit(points)
    for threads in [2, 5] {
      let fit = try await KMeans(settings: settings, threads: threads).fit(points)
      #expect(fit.model == reference.model && fit.labels == reference.labels)
    }
    #expect(try reference.model.assign(columns) == reference.labels)
    let reread = try JSONDecoder().decode(KMeansModel.self, from: JSONEncoder().encode(reference.model))
    #expect(reread == reference.model)
  }

  @Test func cloudsAreFoundAndCounted() async throws {
    let (points, _) = try clouds(600)
    let rows = try await ClusterCount.elbow(
      points, clusters: 1...5, settings: .init(clusters: 1, start: .kMeansPlusPlus, starts: 5))
    #expect(rows.map(\.clusters) == [1, 2, 3, 4, 5])
    #expect(rows[0].silhouette == nil)
    // Standardised coordinates: one cluster has the inertia n d.
    #expect(abs(rows[0].inertia - 1200) < 1e-9)
    #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.inertia > $1.inertia })
    #expect(rows.max { $0.silhouette ?? 0 < $1.silhouette ?? 0 }?.clusters == 3)
    let model = try await KMeans(settings: .init(clusters: 3)).fit(points).model
    #expect(model.sizes == [200, 200, 200])
  }

  /// All starts on one side: the far rows must get the centre that lost its own.
  @Test func aConstantColumnIsNoDistanceAndEqualRowsShareACluster() async throws {
    let columns: [[Double]] = [[1, 1, 1, 1, 9, 9], [4, 4, 4, 4, 4, 4]]
    let points = try ScaledPoints(columns, names: ["a", "constant"], log1p: true)
    let (model, labels) = try await KMeans(settings: .init(clusters: 2, start: .quantile)).fit(points)
    #expect(model.sizes.sorted() == [2, 4] && model.inertia < 1e-20)
    #expect(Set(labels.prefix(4)).count == 1 && labels[4] == labels[5])
    for start in KMeansStart.allCases {
      let error = await #expect(throws: ModelError.self) {
        try await KMeans(settings: .init(clusters: 3, start: start)).fit(points)
      }
      #expect(error?.code == .untrainable)
    }
  }

  @Test func nonsenseIsRefusedByRow() async throws {
    let error = #expect(throws: ModelError.self) {
      try ScaledPoints([[1, 2], [3, .nan]], names: ["a", "spend"], log1p: false)
    }
    #expect(error?.message.contains("row 2") == true && error?.message.contains("'spend'") == true)
    #expect(throws: ModelError.self) { try ScaledPoints([[1, -1]], names: ["a"], log1p: true) }
    #expect(throws: ModelError.self) { try ScaledPoints([[1e200, -1e200]], names: ["a"], log1p: false) }
    #expect(throws: ModelError.self) { try ScaledPoints([[]], names: ["a"], log1p: true) }
    let points = try ScaledPoints([[1, 2]], names: ["a"], log1p: false)
    for clusters in [0, 3] {
      await #expect(throws: ModelError.self) { try await KMeans(settings: .init(clusters: clusters)).fit(points) }
    }
  }

  @Test func segmentsByTheirRule() {
    #expect(RFMSegment(recency: -0.5, frequency: 2, monetary: 1) == .champions)
    #expect(RFMSegment(recency: 0, frequency: 0.2, monetary: -0.2) == .loyal)
    #expect(RFMSegment(recency: -1, frequency: -0.5, monetary: -0.5) == .promising)
    #expect(RFMSegment(recency: 0.5, frequency: 1, monetary: 1) == .cannotLose)
    #expect(RFMSegment(recency: 2, frequency: 0.5, monetary: 0.5) == .atRisk)
    #expect(RFMSegment(recency: 1, frequency: -0.5, monetary: 0) == .hibernating)
    #expect(RFMSegment(recency: 1.1, frequency: -0.5, monetary: 0) == .lost)
  }
}
