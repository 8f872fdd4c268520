import Journeys

/// Counts the paths of a file's rows, in doubles and in their order.
struct PathFileReader: ~Copyable {
  private var steps = StringTable()
  private var path = Scratch<Int32>(64)
  private var counter: PathCounter
  private let direct: String
  private var tally = PathTally<Credit>()

  init(_ needs: PathNeeds, repeats: Repeats, _ settings: ModelSettings) {
    counter = PathCounter(needs, repeats: repeats, settings)
    direct = settings.direct
  }

  mutating func add(_ text: UnsafeRawBufferPointer, _ credit: Credit, nulls: Double) {
    let length = read(text)
    tally.nulls += nulls
    tally.total += credit
    guard length > 0 else {
      tally.unattributed += credit
      return
    }
    counter.add(
      UnsafeBufferPointer(start: path.start, count: length), ages: nil, keyCount: steps.count + 1, credit, nulls: nulls,
      into: &tally)
  }

  /// Cuts a path into the keys of its steps and returns their number.
  private mutating func read(_ text: UnsafeRawBufferPointer) -> Int {
    path.reserve(text.count / 2 + 1)
    var length = 0
    var start = 0
    while start <= text.count {
      var end = start
      while end < text.count, text[end] != UInt8(ascii: ">") { end += 1 }
      let next = end + 1
      while start < end, text[start] <= 0x20 { start += 1 }
      while end > start, text[end - 1] <= 0x20 { end -= 1 }
      if start < end {
        let known = steps.count
        let step = UnsafeRawBufferPointer(rebasing: text[start..<end])
        let code = steps.code(of: step)
        if steps.count > known {
          if counter.isDirect.isEmpty { counter.isDirect.append(false) }
          counter.isDirect.append(step.elementsEqual(direct.utf8))
        }
        path[length] = code + 1
        length += 1
      }
      start = next
    }
    return length
  }

  func finish() -> PathFileTally { PathFileTally(paths: tally, steps: steps.names, isDirect: counter.isDirect) }
}
