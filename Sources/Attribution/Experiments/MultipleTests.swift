/// Corrections for looking at several variants or metrics at once.
public enum MultipleTests: String, Sendable, CaseIterable {
  /// Holm (1979): the chance of any false alarm among all stays below alpha.
  case holm
  /// Benjamini & Hochberg (1995): the share of false alarms among all alarms stays below alpha on average.
  case benjaminiHochberg = "benjamini-hochberg"

  /// The p-values that may be held against alpha as if each were the only one; nil stays nil and counts for nothing.
  public func adjusted(_ pValues: [Double?]) -> [Double?] {
    let sorted = pValues.enumerated().compactMap { place, value in value.map { (place: place, value: $0) } }
      .sorted { $0.value < $1.value }
    let count = Double(sorted.count)
    var adjusted = [Double?](repeating: nil, count: pValues.count)
    switch self {
    case .holm:
      var least = 0.0
      for (rank, test) in sorted.enumerated() {
        least = max(least, min(1, test.value * (count - Double(rank))))
        adjusted[test.place] = least
      }
    case .benjaminiHochberg:
      var most = 1.0
      for (rank, test) in sorted.enumerated().reversed() {
        most = min(most, test.value * count / Double(rank + 1))
        adjusted[test.place] = most
      }
    }
    return adjusted
  }
}
