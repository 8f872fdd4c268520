/// The event ids that were seen, 16 bytes each, by open addressing.
struct EventIDSet: ~Copyable {
  private var slots = Array(repeating: EventID.none, count: 1 << 12)
  private var count = 0

  /// False when the id was there. `EventID.none` is never there.
  mutating func insert(_ id: EventID) -> Bool {
    if id == .none { return true }
    var slot = place(id)
    while slots[slot] != .none {
      if slots[slot] == id { return false }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = id
    count += 1
    if count * 2 > slots.count { grow() }
    return true
  }

  private func place(_ id: EventID) -> Int {
    let product = (id.high ^ id.low &* 0x9e37_79b9_7f4a_7c15).multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
    return Int(truncatingIfNeeded: product.high ^ product.low) & (slots.count - 1)
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: .none, count: old.count * 2)
    for id in old where id != .none {
      var slot = place(id)
      while slots[slot] != .none { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = id
    }
  }
}
