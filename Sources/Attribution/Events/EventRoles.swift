/// What an analysis makes of each event type: a byte for every code of a store's dictionary.
struct EventRoles: Sendable {
  /// One byte more than there are codes: the last, always 0, answers for codes outside of the dictionary.
  private let roles: [UInt8]

  /// - Parameter roles: by code.
  init(_ roles: [UInt8]) { self.roles = roles + [0] }

  @inline(__always)
  func withTable<Result>(_ body: (RoleTable) -> Result) -> Result {
    roles.withUnsafeBufferPointer { body(RoleTable(roles: $0, last: UInt32($0.count - 1))) }
  }
}

/// `EventRoles` in a loop.
struct RoleTable {
  let roles: UnsafeBufferPointer<UInt8>
  let last: UInt32

  @inline(__always)
  subscript(code: Int32) -> UInt8 { roles[Int(min(UInt32(bitPattern: code), last))] }
}
