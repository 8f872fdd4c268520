/// A matrix of transition probabilities in an order of its states, split into L + U.
struct Splitting: Sendable {
  /// Place of a state in the order, and the state at a place.
  let place: [Int32]
  let state: [Int32]
  private let lower: SparseMatrix
  private let upper: SparseMatrix

  init(_ q: SparseMatrix, order: [Int32]) throws(LinearAlgebraError) {
    state = order
    var place = [Int32](repeating: 0, count: order.count)
    for (index, state) in order.enumerated() { place[Int(state)] = Int32(index) }
    self.place = place
    lower = try q.permuted(state: order, place: place) { $1 <= $0 }
    upper = try q.permuted(state: order, place: place) { $1 > $0 }
  }

  /// z ← (I - U)⁻¹ z and, with that, image ← image - L z. One pass.
  func advance(_ z: inout [Double], _ image: inout [Double], _ kept: Kept) {
    var zs = z.mutableSpan
    for row in stride(from: state.count - 1, through: 0, by: -1) {
      zs[unchecked: row] = kept[row] ? zs[unchecked: row] + upper.product(row, zs.span) : 0
    }
    var images = image.mutableSpan
    for row in state.indices where kept[row] { images[unchecked: row] -= lower.product(row, zs.span) }
  }

  /// b - (I - Q) x.
  func residual(_ x: [Double], _ b: [Double], _ kept: Kept) -> [Double] {
    let (below, above) = (lower.times(x), upper.times(x))
    var rest = b
    for i in rest.indices { rest[i] = (b[i] - x[i]) + (below[i] + above[i]) }
    kept.clear(&rest)
    return rest
  }
}

/// The states that are not taken out, by place.
struct Kept {
  private let flags: [Bool]
  private let gaps: [Int]

  init(size: Int, removed: [Int]) {
    gaps = removed
    var flags = [Bool](repeating: true, count: size)
    for place in removed { flags[place] = false }
    self.flags = flags
  }

  subscript(place: Int) -> Bool { flags[place] }

  func clear(_ vector: inout [Double]) { for place in gaps { vector[place] = 0 } }
}

extension SparseMatrix {
  /// States, each before those it leads to, but for arcs that close a loop.
  var reversePostorder: [Int32] {
    var order: [Int32] = []
    order.reserveCapacity(rows)
    var next = offsets
    var isSeen = [Bool](repeating: false, count: rows)
    var stack: [Int] = []
    for root in 0..<rows where !isSeen[root] {
      isSeen[root] = true
      stack.append(root)
      while let row = stack.last {
        if next[row] == offsets[row + 1] {
          order.append(Int32(row))
          stack.removeLast()
          continue
        }
        let column = Int(columnIndices[next[row]])
        next[row] += 1
        if !isSeen[column] {
          isSeen[column] = true
          stack.append(column)
        }
      }
    }
    return order.reversed()
  }

  /// One element of A x; the caller has checked the row and the size of x.
  @inline(__always)
  fileprivate func product(_ row: Int, _ x: Span<Double>) -> Double {
    let (offsets, columns, values) = (offsets.span, columnIndices.span, values.span)
    var sum = 0.0
    for at in offsets[unchecked: row]..<offsets[unchecked: row + 1] {
      sum += values[unchecked: at] * x[unchecked: Int(columns[unchecked: at])]
    }
    return sum
  }

  /// The elements that are wanted of a matrix in another order of its states.
  fileprivate func permuted(
    state: [Int32], place: [Int32], where isWanted: (_ row: Int32, _ column: Int32) -> Bool
  ) throws(LinearAlgebraError) -> SparseMatrix {
    var offsets = [0]
    var columns: [Int32] = []
    var values: [Double] = []
    offsets.reserveCapacity(rows + 1)
    var row: [(column: Int32, value: Double)] = []
    for (new, old) in state.enumerated() {
      row.removeAll(keepingCapacity: true)
      for at in self.offsets[Int(old)]..<self.offsets[Int(old) + 1] {
        let column = place[Int(columnIndices[at])]
        if isWanted(Int32(new), column) { row.append((column, self.values[at])) }
      }
      row.sort { $0.column < $1.column }
      for element in row {
        columns.append(element.column)
        values.append(element.value)
      }
      offsets.append(values.count)
    }
    return try SparseMatrix(rows: rows, columns: rows, offsets: offsets, columnIndices: columns, values: values)
  }
}
