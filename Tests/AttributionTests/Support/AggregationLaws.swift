import Journeys
import Testing

/// Folds a store in random cuts and merges them pairwise, and on several threads: all must give the same partial.
func checkLaws<Analysis: Aggregation>(
  _ analysis: Analysis, _ store: JourneyStore, seed: UInt64, sourceLocation: SourceLocation = #_sourceLocation
) async throws where Analysis.Partial: Equatable {
  var random = TestRandom(seed)
  var whole = analysis.empty()
  analysis.fold(0..<store.customerCount, of: store, into: &whole)

  for _ in 0..<5 {
    var cuts = Set((0..<4).map { _ in Int.random(in: 0...store.customerCount, using: &random) })
    cuts.formUnion([0, store.customerCount])
    let bounds = cuts.sorted()
    var merged = analysis.empty()
    var folded = analysis.empty()
    for (start, end) in zip(bounds, bounds.dropFirst()) {
      var partial = analysis.empty()
      analysis.fold(start..<end, of: store, into: &partial)
      analysis.merge(partial, into: &merged)
      analysis.fold(start..<end, of: store, into: &folded)
    }
    analysis.merge(analysis.empty(), into: &merged)
    #expect(merged == whole, "merge of \(bounds)", sourceLocation: sourceLocation)
    #expect(folded == whole, "fold on of \(bounds)", sourceLocation: sourceLocation)
  }
  for threads in [1, 3] {
    let partial = try await analysis.partial(over: store, threads: threads)
    #expect(partial == whole, "\(threads) threads", sourceLocation: sourceLocation)
  }
}
