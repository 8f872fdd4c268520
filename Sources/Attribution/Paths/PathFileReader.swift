import Journeys

/// Counts the paths of a file in doubles.
///
/// Blocks of rows are cut into steps on all threads; then their names get the codes of the whole file, in the order of
/// the blocks; then the rows are counted on all threads, every block in the lane of its number. Blocks and lanes have
/// a fixed size and number, so that any number of threads adds up the same doubles in the same order.
struct PathFileReader {
  private static let laneCount = 8

  /// A tally of every `laneCount`th block. One task at a time uses it, which makes it Sendable.
  private final class Lane: @unchecked Sendable {
    private(set) var counts: PathRowCounts

    init(_ needs: PathNeeds, repeats: Repeats, _ settings: ModelSettings) {
      counts = PathRowCounts(counter: PathCounter(needs, repeats: repeats, settings))
    }

    func add(_ cut: Cut, isDirect: [Bool]) { counts.add(cut.rows, isDirect: isDirect) }
  }

  /// Rows that are handed from task to task, which makes them Sendable.
  private final class Cut: @unchecked Sendable {
    var rows: PathRows

    init(_ rows: consuming PathRows) { self.rows = rows }
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
    let name = file.name
    var blocks = try file.next().map { [$0] } ?? []
    var header = CSVReader(ByteSource(blocks.first.map { Array($0.bytes[..<$0.count]) } ?? [], name: name))
    let columns = try PathColumns(header: &header, of: name)
    var start = header.offset
    var line = 1 + (blocks.first?.bytes[..<start].count { $0 == 0x0a } ?? 0)
    var table = StringTable()
    while !blocks.isEmpty {
      while blocks.count < Self.laneCount, let block = try file.next() { blocks.append(block) }
      var cuts: [Cut] = []
      let (batch, first) = (blocks, start)
      try await inOrder(chunks: batch.count, threads: threads) { index in
        Cut(PathRows(batch[index], from: index == 0 ? first : 0, columns))
      } take: { cut in
        cut.rows.translate(by: &table)
        try note(cut.rows, from: line, of: name)
        line += cut.rows.lines
        cuts.append(cut)
      }
      for code in isDirect.count - 1..<table.count { isDirect.append(table[code].elementsEqual(direct.utf8)) }
      let (lanes, rows, isDirect) = (lanes, cuts, isDirect)
      try await inOrder(chunks: rows.count, threads: threads) { index in
        lanes[index].add(rows[index], isDirect: isDirect)
      } take: { _ in
      }
      try progress(file.position, file.size, self.rows)
      start = 0
      blocks = try file.next().map { [$0] } ?? []
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
    for row in rows.rows {
      tally.nulls += row.nulls
      tally.total += row.credit
      if row.end > start {
        counter.add(
          UnsafeBufferPointer(start: rows.steps + start, count: row.end - start), ages: nil, keyCount: isDirect.count,
          row.credit, nulls: row.nulls, into: &tally)
      } else {
        tally.unattributed += row.credit
      }
      start = row.end
    }
  }
}
