/// Pieces of work over grouped histories: ranges within one group, bundled to some thousands of histories.
struct HistoryChunks: Sendable {
  struct Piece: Sendable {
    var group: Int
    var range: Range<Int>
  }

  private var pieces: [Piece] = []
  /// Where each chunk begins in `pieces`, and the end of the last one.
  private var starts = [0]

  init(_ starts: [Int], size: Int) {
    var room = size
    for group in starts.indices.dropLast() {
      var begin = starts[group]
      while begin < starts[group + 1] {
        let end = min(begin + room, starts[group + 1])
        pieces.append(Piece(group: group, range: begin..<end))
        room -= end - begin
        begin = end
        if room == 0 {
          self.starts.append(pieces.count)
          room = size
        }
      }
    }
    if self.starts.last != pieces.count { self.starts.append(pieces.count) }
  }

  var count: Int { starts.count - 1 }

  subscript(chunk: Int) -> ArraySlice<Piece> { pieces[starts[chunk]..<starts[chunk + 1]] }
}
