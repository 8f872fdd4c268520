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
        let hint = nearestName(to: name, among: known).map { " Did you mean '\($0)'?" }
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
