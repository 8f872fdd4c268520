import Journeys

/// The rows of a block of a file of paths, cut into steps.
struct PathRows: ~Copyable {
  struct Row: BitwiseCopyable {
    var credit: Credit
    var nulls: Double
    /// Of its steps among all.
    var end: Int
  }

  struct Rejection {
    var count: Int
    /// In the block, from 0.
    var firstLine: Int
  }

  private(set) var rows: [Row] = []
  /// Records, the rejected ones included.
  private(set) var count = 0
  private(set) var lines = 0
  /// By reason.
  private(set) var rejections: [String: Rejection] = [:]
  /// Of a quote that is never closed.
  private(set) var unclosedLine: Int?
  /// Of all rows: codes of names.
  private(set) var steps = Scratch<Int32>()
  private var stepCount = 0
  /// Of this block and those before.
  private var names = StepNames()
  private var keys: [Int32] = []

  /// Forgets the rows of the block before, whose memory is used again, and reads those of this one.
  ///
  /// - Parameter start: where the first row begins.
  mutating func read(_ block: CSVBlocks.Block, from start: Int, _ columns: PathColumns) {
    rows.removeAll(keepingCapacity: true)
    count = 0
    lines = 0
    rejections = [:]
    unclosedLine = nil
    stepCount = 0
    // A step and what ends it take two bytes.
    steps.reserve(block.count / 2 + 1)
    if block.hasQuotes {
      readRecords(Array(block.bytes[start..<block.count]), columns)
    } else {
      block.bytes.withUnsafeBytes { readLines($0, from: start, to: block.count, columns) }
    }
  }

  /// Looks up or adds the names so far in another table, in which they keep their codes.
  mutating func name(in table: inout StringTable) {
    for code in keys.count..<names.table.count {
      keys.append(names.table[code].withUnsafeBytes { table.code(of: $0) } + 1)
    }
  }

  /// Turns all steps into keys, 1 + the code of their name in the other table; false, and nothing is done, if there
  /// are names that have not been looked up in it.
  mutating func translate() -> Bool {
    guard keys.count == names.table.count else { return false }
    keys.withUnsafeBufferPointer { keys in
      for step in 0..<stepCount { steps[step] = keys[Int(steps[step])] }
    }
    return true
  }

  /// Ends a record: its steps are those since the last one.
  @inline(__always)
  private mutating func end(
    line: Int, _ columns: PathColumns, fieldCount: Int, _ field: (Int) -> UnsafeRawBufferPointer
  ) {
    count &+= 1
    do throws(PathColumns.MalformedRow) {
      let (credit, nulls) = try columns.numbers(fieldCount: fieldCount, field)
      rows.append(Row(credit: credit, nulls: nulls, end: stepCount))
    } catch {
      stepCount = rows.last?.end ?? 0
      rejections[error.reason, default: Rejection(count: 0, firstLine: line)].count += 1
    }
  }

  @inline(__always)
  private mutating func append(_ step: UnsafeRawBufferPointer) {
    steps[stepCount] = names.code(of: step)
    stepCount &+= 1
  }

  // MARK: With quotes

  private mutating func readRecords(_ bytes: [UInt8], _ columns: PathColumns) {
    var csv = CSVReader(ByteSource(bytes, name: ""))
    var path: [UInt8] = []
    do throws(JourneyError) {
      while try csv.next() {
        if columns.path < csv.fieldCount {
          path.removeAll(keepingCapacity: true)
          path.append(contentsOf: csv.field(columns.path))
          path.append(contentsOf: repeatElement(0, count: CSVBlocks.padding))
          path.withUnsafeBytes { cut($0, to: $0.count - CSVBlocks.padding) }
        }
        end(line: csv.line - 1, columns, fieldCount: csv.fieldCount) { csv.field($0) }
      }
    } catch {
      // Memory can always be read.
      unclosedLine = csv.line - 1
    }
    for byte in bytes where byte == 0x0a { lines += 1 }
  }

  private mutating func cut(_ path: UnsafeRawBufferPointer, to end: Int) {
    var start = 0
    while start <= end {
      var stop = start
      while stop < end, path[stop] != UInt8(ascii: ">") { stop += 1 }
      let next = stop + 1
      while start < stop, path[start] <= 0x20 { start += 1 }
      while stop > start, path[stop - 1] <= 0x20 { stop -= 1 }
      if start < stop { append(UnsafeRawBufferPointer(rebasing: path[start..<stop])) }
      start = next
    }
  }

  // MARK: Without quotes

  private struct Field: BitwiseCopyable {
    var start: Int
    var end: Int
  }

  private mutating func readLines(
    _ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int, _ columns: PathColumns
  ) {
    // By column: where its field lies.
    let scratch = Scratch<Field>(columns.count)
    let fields = scratch.start
    var place = start
    while place < end {
      let lineStart = place
      var fieldCount = 0
      while true {
        let fieldStart = place
        place =
          fieldCount == columns.path ? cutLine(bytes, from: place, to: end) : fieldEnd(bytes, from: place, to: end)
        if fieldCount < columns.count { fields[fieldCount] = Field(start: fieldStart, end: place) }
        fieldCount &+= 1
        if place == end || bytes[place] == 0x0a { break }
        place &+= 1
      }
      // A return before the line end belongs to no field.
      let lineEnd = place > lineStart && bytes[place &- 1] == 0x0d ? place &- 1 : place
      if fieldCount <= columns.count { fields[fieldCount &- 1].end = min(fields[fieldCount &- 1].end, lineEnd) }
      // An empty line is no record.
      if lineEnd > lineStart {
        self.end(line: lines, columns, fieldCount: fieldCount) {
          UnsafeRawBufferPointer(rebasing: bytes[fields[$0].start..<fields[$0].end])
        }
      }
      lines &+= 1
      place &+= 1
    }
  }

  @inline(__always)
  private func fieldEnd(_ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int {
    var place = start
    while place < end, bytes[place] != UInt8(ascii: ","), bytes[place] != 0x0a { place &+= 1 }
    return place
  }

  /// Cuts a field into steps, eight bytes at a time, and returns its end.
  @inline(__always)
  private mutating func cutLine(_ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int {
    var place = start
    while true {
      while place < end, bytes[place] <= 0x20, bytes[place] != 0x0a { place &+= 1 }
      let first = place
      while place < end {
        let eight = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        let found = marks(UInt8(ascii: ">"), in: eight) | marks(UInt8(ascii: ","), in: eight) | marks(0x0a, in: eight)
        if found != 0 {
          place &+= found.trailingZeroBitCount &>> 3
          break
        }
        place &+= 8
      }
      place = min(place, end)
      var last = place
      while last > first, bytes[last &- 1] <= 0x20 { last &-= 1 }
      if last > first { append(UnsafeRawBufferPointer(rebasing: bytes[first..<last])) }
      guard place < end, bytes[place] == UInt8(ascii: ">") else { return place }
      place &+= 1
    }
  }
}

/// The highest bit of the first byte that equals `byte`, and perhaps those of bytes behind it.
@inline(__always)
private func marks(_ byte: UInt8, in eight: UInt64) -> UInt64 {
  let differences = eight ^ (UInt64(byte) &* 0x0101_0101_0101_0101)
  return (differences &- 0x0101_0101_0101_0101) & ~differences & 0x8080_8080_8080_8080
}
