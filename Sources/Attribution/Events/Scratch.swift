/// Room for the intermediate values of a loop: uninitialised, kept from use to use, freed with its owner.
struct Scratch<Element: BitwiseCopyable>: ~Copyable {
  private(set) var start: UnsafeMutablePointer<Element>
  private(set) var count: Int

  init(_ count: Int = 0) {
    self.count = count
    start = .allocate(capacity: count)
  }

  deinit { start.deallocate() }

  init(repeating element: Element, count: Int) {
    self.init(count)
    start.update(repeating: element, count: count)
  }

  init(copying elements: [Element]) {
    self.init(elements.count)
    start.update(from: elements, count: elements.count)
  }

  /// Makes room for at least `count` elements; what was there is lost.
  mutating func reserve(_ count: Int) {
    guard count > self.count else { return }
    start.deallocate()
    start = .allocate(capacity: count)
    self.count = count
  }

  @inline(__always)
  subscript(index: Int) -> Element {
    get {
      assert(index >= 0 && index < count)
      return start[index]
    }
    nonmutating set {
      assert(index >= 0 && index < count)
      start[index] = newValue
    }
  }
}
