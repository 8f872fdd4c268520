/// The name that was probably meant; nil when none is alike.
package func nearestName(to name: String, among known: [String]) -> String? {
  let distances = known.map { ($0, editDistance($0, name)) }
  guard let nearest = distances.min(by: { $0.1 < $1.1 }), nearest.1 <= max(2, name.count / 3) else { return nil }
  return nearest.0
}

/// Levenshtein's distance between two names.
private func editDistance(_ a: String, _ b: String) -> Int {
  let b = Array(b.utf8)
  var row = Array(0...b.count)
  for (i, x) in a.utf8.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let substituted = diagonal + (x == y ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substituted, diagonal + 1, row[j] + 1)
    }
  }
  return row[b.count]
}
