/// What an analysis makes of each event type: bits for every code of a store's dictionary.
///
/// Bit 0 belongs to the table: it is 1 for every role but none, so that a loop can count with it instead of asking.
struct EventRoles<Role: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable>: Sendable {
  /// One more than there are codes: the last, always 0, answers for codes outside of the dictionary.
  private let roles: [Role]

  /// - Parameter roles: by code, without bit 0.
  init(_ roles: [Role]) { self.roles = roles.map { $0 == 0 ? 0 : $0 | 1 } + [0] }

  @inline(__always)
  func withTable<Result>(_ body: (RoleTable<Role>) -> Result) -> Result {
    roles.withUnsafeBufferPointer { body(RoleTable(roles: $0, last: UInt32($0.count - 1))) }
  }
}

/// `EventRoles` in a loop.
struct RoleTable<Role> {
  let roles: UnsafeBufferPointer<Role>
  let last: UInt32

  @inline(__always)
  subscript(code: Int32) -> Role { roles[Int(min(UInt32(bitPattern: code), last))] }
}
