/// The customers of a batch who may have got beyond the first step of a funnel.
///
/// Exact, but that an event right behind a second step at the same instant makes a customer a candidate too: his chains
/// tell what they are.
struct FunnelCandidates: ~Copyable {
  private let window: Int64
  /// Where a customer begins, a bit an event.
  private var begins = Scratch<UInt64>()
  /// Second steps by which customers became candidates, in order; some customers have several.
  private(set) var events = Scratch<Int>()
  /// For each, an event before which the customer did no second step in time.
  private(set) var starts = Scratch<Int>()
  private(set) var count = 0
  /// How many customers of the batch did the first step.
  private(set) var starters = 0

  init(window: Int64) { self.window = window }

  /// - Parameter bits: class 0 is the first step, class 1 the second.
  mutating func find(_ batch: Range<Int>, _ bits: borrowing EventBits, _ columns: EventColumns) {
    let (firstEvent, wordCount) = (bits.firstEvent, bits.wordCount)
    markBegins(batch, firstEvent, wordCount, columns)
    events.reserve(wordCount * 64)
    starts.reserve(wordCount * 64)

    let (firsts, seconds, begins) = (bits.words(ofClass: 0), bits.words(ofClass: 1), begins.start)
    let (found, starts, timestamps, window) = (events.start, starts.start, columns.timestamps, window)
    let lastEvent = columns.events(of: batch).upperBound &- 1
    // The event of the first step that comes last before the word, if its customer goes on into it.
    var start = -1
    var (entered, carry): (UInt64, UInt64) = (0, 0)
    var (count, starters) = (0, 0)
    for word in 0..<wordCount {
      let (first, begin, base) = (firsts[word], begins[word], firstEvent &+ word &* 64)
      // Who does the first step? With his first event, or else a carry that enters behind it runs over what is no
      // first step and stops at the first that is one, or where the next customer begins.
      let entering = begin & ~first
      let (sum, overflow) = (~first & ~begin).addingReportingOverflow(entering &<< 1 | entered)
      let (total, overflowOfCarry) = sum.addingReportingOverflow(carry)
      (entered, carry) = (entering &>> 63, overflow || overflowOfCarry ? 1 : 0)
      starters &+= (first & begin).nonzeroBitCount &+ (total & first & ~begin).nonzeroBitCount

      var second = seconds[word]
      while second != 0 {
        let place = UInt64(truncatingIfNeeded: second.trailingZeroBitCount)
        second &= second &- 1
        let event = base &+ Int(place)
        let before = (first | begin) & ((1 &<< place) &- 1)
        // The nearest first step before, -1 if the customer begins in between.
        var nearest = start
        if before != 0 {
          let other = 63 &- before.leadingZeroBitCount
          nearest = first &>> UInt64(truncatingIfNeeded: other) & 1 == 0 ? -1 : base &+ other
        }
        if begin &>> place & 1 != 0 { nearest = -1 }
        let time = timestamps[event]
        // Negative without a first step, or when it is too long ago: a sign, because a jump would be guessed wrongly.
        let isTooLate = (window &- (time &- timestamps[max(nearest, firstEvent)])) | Int64(nearest)
        let isAmbiguous = event < lastEvent && timestamps[event &+ 1] == time
        found[count] = event
        starts[count] = isAmbiguous ? 0 : nearest
        count &+= isAmbiguous ? 1 : Int(isTooLate &>> 63) &+ 1
      }
      let either = first | begin
      if either != 0 {
        let other = 63 &- either.leadingZeroBitCount
        start = first &>> UInt64(truncatingIfNeeded: other) & 1 == 0 ? -1 : base &+ other
      }
    }
    (self.count, self.starters) = (count, starters)
  }

  private mutating func markBegins(_ batch: Range<Int>, _ firstEvent: Int, _ wordCount: Int, _ columns: EventColumns) {
    begins.reserve(wordCount)
    for word in 0..<wordCount { begins[word] = 0 }
    for customer in batch {
      let place = Int(columns.offsets[customer]) &- firstEvent
      // A customer without events at the end begins behind the last word.
      if place &>> 6 < wordCount { begins[place &>> 6] |= 1 &<< UInt64(truncatingIfNeeded: place & 63) }
    }
  }
}
