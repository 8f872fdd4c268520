import Journeys

/// Counts the paths of a file in doubles.
///
/// Blocks of rows are cut into steps and counted on all threads, every block in the lane of its number, while the next
/// blocks are read. A block with new names waits until they have got codes, in the order of the blocks. Blocks and
/// lanes have a fixed size and number, so that any number of threads adds up the same doubles in the same order.
struct PathFileReader {
  private static let laneCount = 8

  /// A tally of every `laneCount`th block. One task at a time uses it, which makes it Sendable.
  private final class Lane: @unchecked Sendable {
    private(set) var counts: PathRowCounts

    init(_ needs: PathNeeds, repeats: Repeats, _ settings: ModelSettings) {
      counts = PathRowCounts(counter: PathCounter(needs, repeats: repeats, settings))
    }

    func add(_ rows: borrowing PathRows, isDirect: [Bool]) { counts.add(rows, isDirect: isDirect) }
  }

  /// A block and its rows, whose memory is used again and again. One task at a time uses it, which makes it Sendable.
  private final class Cut: @unchecked Sendable {
    var block = CSVBlocks.Block()
    var rows = PathRows()
    var isCounted = false

    func read(from start: Int, _ columns: PathColumns) {
      rows.read(block, from: start, columns)
      isCounted = false
    }

    /// Counts the rows if all names have codes.
    func count(in lane: Lane, isDirect: [Bool]) {
      guard !isCounted, rows.translate() else { return }
      lane.add(rows, isDirect: isDirect)
      isCounted = true
    }
  }

  /// The blocks of a file. One task at a time uses it, which makes it Sendable.
  private final class Blocks: @unchecked Sendable {
    private var file: CSVBlocks

    init(_ file: consuming CSVBlocks) { self.file = file }

    var name: String { file.name }
    var size: Int? { file.size }
    var position: Int { file.position }

    /// Fills the blocks of cuts; returns the cuts for which there was something.
    func fill(_ cuts: [Cut]) throws(JourneyError) -> ArraySlice<Cut> {
      for (place, cut) in cuts.enumerated() {
        guard try file.next(into: &cut.block) else { return cuts[..<place] }
      }
      return cuts[...]
    }
  }

  private let lanes: [Lane]
  private let direct: String
  private var steps: [String] = []
  /// By key, that is place in `steps` + 1.
  private var isDirect = [false]
  /// Read, the rejected included.
  private(set) var rows = 0
  /// By reason.
  private(set) var rejections: [String: PathFile.Rejection] = [:]

  init(_ needs: PathNeeds, repeats: Repeats, _ settings: ModelSettings) {
    lanes = (0..<Self.laneCount).map { _ in Lane(needs, repeats: repeats, settings) }
    direct = settings.direct
  }

  mutating func read(
    _ file: consuming CSVBlocks, threads: Int, _ progress: PathFile.Progress
  ) async throws {
    let blocks = Blocks(file)
    let name = blocks.name
    let both = (0..<2).map { _ in (0..<Self.laneCount).map { _ in Cut() } }
    var cuts = try blocks.fill(both[0])
    var header = CSVReader(ByteSource(cuts.first.map { Array($0.block.bytes[..<$0.block.count]) } ?? [], name: name))
    let columns = try PathColumns(header: &header, of: name)
    var start = header.offset
    var line = 1 + (cuts.first?.block.bytes[..<start].count { $0 == 0x0a } ?? 0)
    var table = StringTable()
    var round = 0
    while !cuts.isEmpty {
      round += 1
      let (batch, lanes, idle) = (cuts, lanes, both[round % 2])
      let (first, known) = (start, isDirect)
      async let next = blocks.fill(idle)
      try await inOrder(chunks: batch.count, threads: threads) { index in
        batch[index].read(from: index == 0 ? first : 0, columns)
        batch[index].count(in: lanes[index], isDirect: known)
        return batch[index]
      } take: { cut in
        cut.rows.name(in: &table)
        try note(cut.rows, from: line, of: name)
        line += cut.rows.lines
      }
      for code in isDirect.count - 1..<table.count { isDirect.append(table[code].elementsEqual(direct.utf8)) }
      if batch.contains(where: { !$0.isCounted }) {
        let known = isDirect
        try await inOrder(chunks: batch.count, threads: threads) {
          batch[$0].count(in: lanes[$0], isDirect: known)
        } take: { _ in
        }
      }
      cuts = try await next
      try progress(blocks.position, blocks.size, rows)
      start = 0
    }
    steps = table.names
  }

  private mutating func note(_ rows: borrowing PathRows, from line: Int, of file: String) throws(JourneyError) {
    if let unclosed = rows.unclosedLine {
      throw JourneyError(.malformedText, "read \(file): the quote opened in line \(line + unclosed) is never closed")
    }
    self.rows += rows.count
    for (reason, rejection) in rows.rejections {
      let first = PathFile.Rejection(reason: reason, count: 0, firstPlace: "\(file):\(line + rejection.firstLine)")
      rejections[reason, default: first].count += rejection.count
    }
  }

  func finish() -> PathFileTally {
    let tally = lanes.reduce(into: PathTally<Credit>()) { $0.add($1.counts.tally) }
    return PathFileTally(paths: tally, steps: steps, isDirect: isDirect)
  }
}

private struct PathRowCounts: ~Copyable {
  private(set) var tally = PathTally<Credit>()
  var counter: PathCounter

  init(counter: consuming PathCounter) { self.counter = counter }

  mutating func add(_ rows: borrowing PathRows, isDirect: [Bool]) {
    counter.isDirect = isDirect
    var start = 0
    let steps = rows.steps.start
    for row in rows.rows {
      tally.nulls += row.nulls
      tally.total += row.credit
      if row.end > start {
        counter.add(
          UnsafeBufferPointer(start: steps + start, count: row.end - start), ages: nil, keyCount: isDirect.count,
          row.credit, nulls: row.nulls, into: &tally)
      } else {
        tally.unattributed += row.credit
      }
      start = row.end
    }
  }
}
