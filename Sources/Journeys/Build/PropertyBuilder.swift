/// Gathers one column of a key of `event_data`; costs nothing until an event has the key.
struct PropertyBuilder: ~Copyable {
  let property: EventProperty
  /// Of dictionary columns.
  private(set) var table = StringTable()
  /// Of the first events, as far as one had the key.
  private(set) var codes: [Int32] = []
  private(set) var numbers: [Int64] = []

  init(_ property: EventProperty) { self.property = property }

  var isUsed: Bool { !codes.isEmpty || !numbers.isEmpty }

  mutating func set(_ event: Int, text: UnsafeRawBufferPointer) {
    let code = table.code(of: text)
    while codes.count < event { codes.append(-1) }
    codes.append(code)
  }

  mutating func set(_ event: Int, number: Int64) {
    while numbers.count < event { numbers.append(Money.none) }
    numbers.append(number)
  }
}
