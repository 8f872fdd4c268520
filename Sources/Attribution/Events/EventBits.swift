/// For each of up to eight classes of event types, which events of a batch belong to it: a bit an event.
///
/// No event is branched on: its type becomes a byte of classes by a table, and a multiplication turns eight bytes into
/// eight bits. An analysis then works on words of 64 events, or visits the set bits alone.
struct EventBits: ~Copyable {
  /// By code of the event type: its classes, as bits; one more, 0, for codes outside of the dictionary.
  private let table: Scratch<UInt8>
  private let lastCode: UInt32
  private let classCount: Int
  private var bytes = Scratch<UInt8>()
  /// By class, `wordCount` words each.
  private var words = Scratch<UInt64>()
  private(set) var wordCount = 0
  /// The event of bit 0 of word 0.
  private(set) var firstEvent = 0

  /// - Parameter table: by code of the event type, its classes below `classCount`, as bits.
  init(classes classCount: Int, _ table: [UInt8]) {
    self.classCount = classCount
    self.table = Scratch(copying: table + [0])
    lastCode = UInt32(table.count)
  }

  /// Looks at the events of the batch.
  mutating func find(_ events: Range<Int>, in types: UnsafeBufferPointer<Int32>) {
    firstEvent = events.lowerBound
    wordCount = (events.count + 63) / 64
    words.reserve(wordCount * classCount)
    bytes.reserve(wordCount * 64)
    let (table, bytes, lastCode) = (table.start, bytes.start, lastCode)
    var place = 0
    while place < events.count {
      bytes[place] = table[Int(min(UInt32(bitPattern: types[firstEvent &+ place]), lastCode))]
      place &+= 1
    }
    while place < wordCount * 64 {
      bytes[place] = 0
      place &+= 1
    }
    for number in 0..<classCount {
      let words = words.start + number * wordCount
      for word in 0..<wordCount {
        words[word] = Self.word(UnsafeRawPointer(bytes + word &* 64), UInt64(number))
      }
    }
  }

  /// Forgets the events outside of a period.
  mutating func restrict(_ customers: Range<Int>, to period: ClosedRange<Int64>, _ columns: EventColumns) {
    let inside = Scratch<UInt64>(repeating: 0, count: wordCount)
    for customer in customers {
      let events = columns.events(columns.events(of: customer..<customer &+ 1), in: period)
      for window in windows(of: events) { inside[window.place &>> 6] |= window.mask &<< UInt64(window.place & 63) }
    }
    for word in 0..<wordCount * classCount { words[word] &= inside[word % wordCount] }
  }

  /// Keeps of every event only the classes that a closer look at it allows; it is given to events of any class.
  mutating func keep(_ classesOf: (Int) -> UInt8) {
    for word in 0..<wordCount {
      var left: UInt64 = 0
      for number in 0..<classCount { left |= words[number * wordCount + word] }
      while left != 0 {
        let place = left.trailingZeroBitCount
        left &= left &- 1
        let classes = classesOf(firstEvent &+ word &* 64 &+ place)
        for number in 0..<classCount where classes & 1 &<< UInt8(number) == 0 {
          words[number * wordCount + word] &= ~(1 &<< UInt64(place))
        }
      }
    }
  }

  /// Lists the events of words of bits and their times, and returns how many there are.
  ///
  /// Times that lie far apart come from memory one by one; loads that no jump depends on wait together.
  @inline(__always)
  func gather(
    _ word: (Int) -> UInt64, _ timestamps: UnsafeBufferPointer<Int64>, into events: UnsafeMutablePointer<Int>,
    _ times: UnsafeMutablePointer<Int64>
  ) -> Int {
    var count = 0
    for number in 0..<wordCount {
      var left = word(number)
      while left != 0 {
        let event = firstEvent &+ number &* 64 &+ left.trailingZeroBitCount
        left &= left &- 1
        events[count] = event
        times[count] = timestamps[event]
        count &+= 1
      }
    }
    return count
  }

  @inline(__always)
  func words(ofClass number: Int) -> UnsafePointer<UInt64> { UnsafePointer(words.start + number &* wordCount) }

  /// Bit `number` of each of 64 bytes.
  @inline(__always)
  private static func word(_ bytes: UnsafeRawPointer, _ number: UInt64) -> UInt64 {
    var word: UInt64 = 0
    for group in 0..<8 {
      let eight = (bytes.loadUnaligned(fromByteOffset: group &* 8, as: UInt64.self) &>> number) & 0x0101_0101_0101_0101
      word |= ((eight &* 0x0102_0408_1020_4080) &>> 56) &<< UInt64(group &* 8)
    }
    return word
  }
}

extension EventBits {
  /// Up to 64 consecutive events of the batch that lie in one word.
  struct Window {
    /// That of bit 0.
    fileprivate(set) var event: Int
    fileprivate var place: Int
    fileprivate var mask: UInt64
  }

  /// Consecutive events of the batch, a word at a time.
  struct Windows: Sequence, IteratorProtocol {
    fileprivate let firstEvent: Int
    fileprivate var place: Int
    fileprivate let end: Int

    @inline(__always)
    mutating func next() -> Window? {
      guard place < end else { return nil }
      let width = Swift.min(64 &- place & 63, end &- place)
      defer { place &+= width }
      return Window(
        event: firstEvent &+ place, place: place,
        mask: UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- width))
    }
  }

  @inline(__always)
  func windows(of events: Range<Int>) -> Windows {
    Windows(firstEvent: firstEvent, place: events.lowerBound &- firstEvent, end: events.upperBound &- firstEvent)
  }

  /// Which events of a window belong to a class.
  @inline(__always)
  func word(ofClass number: Int, _ window: Window) -> UInt64 {
    words(ofClass: number)[window.place &>> 6] &>> UInt64(truncatingIfNeeded: window.place & 63) & window.mask
  }

  /// The first event of a class in a range of the batch.
  @inline(__always)
  func first(ofClass number: Int, in events: Range<Int>) -> Int? {
    for window in windows(of: events) {
      let word = word(ofClass: number, window)
      if word != 0 { return window.event &+ word.trailingZeroBitCount }
    }
    return nil
  }
}
