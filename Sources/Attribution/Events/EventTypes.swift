import Journeys

extension JourneyStore {
  /// The codes of event types by name.
  ///
  /// - Throws: `.unknownName` with the nearest name and the names there are.
  package func eventTypeCodes(_ names: [String], for setting: String) throws(AttributionError) -> [Int32] {
    var codes: [Int32] = []
    for name in names {
      guard let code = eventTypeNames.code(of: name) else {
        let known = eventTypeNames.names.sorted()
        let nearest = known.min { editDistance($0, name) < editDistance($1, name) }
        let hint = nearest.flatMap { editDistance($0, name) <= max(2, name.count / 3) ? " Did you mean '\($0)'?" : nil }
        throw AttributionError(
          .unknownName,
          "\(setting): journey store \(directory.path) has no event type '\(name)'.\(hint ?? "") "
            + "It has: \(known.joined(separator: ", "))")
      }
      codes.append(code)
    }
    return codes
  }
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
