extension Decoder {
  /// The container of an object that has no other fields than these, so that a typing error is not taken for a default.
  ///
  /// - Parameter what: the object, for the message.
  /// - Throws: `AttributionError.invalidQuery` with the fields there are.
  func container<Key: CodingKey & CaseIterable>(
    of keys: Key.Type, in what: String
  ) throws -> KeyedDecodingContainer<Key> {
    let known = Set(Key.allCases.map(\.stringValue))
    for field in try container(keyedBy: FieldName.self).allKeys where !known.contains(field.stringValue) {
      throw AttributionError(
        .invalidQuery,
        "\(what): there is no field '\(field.stringValue)'; it has \(known.sorted().joined(separator: ", "))")
    }
    return try container(keyedBy: Key.self)
  }
}

/// A field of any name.
private struct FieldName: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
