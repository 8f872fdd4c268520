/// One cycle of GMRES for A x = b, without the products: the caller multiplies `last` by A and hands the image back.
///
/// Arnoldi by modified Gram-Schmidt, which is backward stable here (Paige, Rozložník & Strakoš, SIAM J. Matrix Anal.
/// Appl. 28, 2006), the least squares by Givens rotations.
struct GMRES {
  /// Length of b, and of b - A x for the best x so far.
  let start: Double
  private(set) var residual: Double
  private var basis: [[Double]]
  /// Columns of the triangular factor.
  private var triangle: [[Double]] = []
  private var rotations: [(cosine: Double, sine: Double)] = []
  private var right: [Double]

  init(_ b: [Double]) {
    start = b.reduce(0) { $0 + $1 * $1 }.squareRoot()
    residual = start
    right = [start]
    let scale = start > 0 ? 1 / start : 0
    basis = [b.map { $0 * scale }]
  }

  var steps: Int { triangle.count }

  /// The vector whose image comes next.
  var last: [Double] { basis[basis.count - 1] }

  mutating func add(_ image: consuming [Double]) {
    var column: [Double] = []
    column.reserveCapacity(basis.count + 1)
    for vector in basis {
      let product = dot(vector, image)
      subtract(product, vector, from: &image)
      column.append(product)
    }
    let length = dot(image, image).squareRoot()
    for (i, rotation) in rotations.enumerated() {
      let (upper, lower) = (column[i], column[i + 1])
      column[i] = rotation.cosine * upper + rotation.sine * lower
      column[i + 1] = rotation.cosine * lower - rotation.sine * upper
    }
    let diagonal = column[column.count - 1]
    let radius = (diagonal * diagonal + length * length).squareRoot()
    let rotation = radius > 0 ? (cosine: diagonal / radius, sine: length / radius) : (cosine: 1, sine: 0)
    column[column.count - 1] = radius
    rotations.append(rotation)
    triangle.append(column)
    let rest = right[right.count - 1]
    right[right.count - 1] = rotation.cosine * rest
    right.append(-rotation.sine * rest)
    // A vector that lies in the space already: the solution is exact, there is nothing to go on with.
    residual = length > 0 ? abs(right[right.count - 1]) : 0
    let scale = length > 0 ? 1 / length : 0
    for i in image.indices { image[i] *= scale }
    basis.append(image)
  }

  /// The best x in the space of the vectors so far.
  func combination() -> [Double] {
    var weights = Array(right.prefix(steps))
    for row in stride(from: steps - 1, through: 0, by: -1) {
      weights[row] = triangle[row][row] != 0 ? weights[row] / triangle[row][row] : 0
      for above in 0..<row { weights[above] -= triangle[row][above] * weights[row] }
    }
    var x = [Double](repeating: 0, count: basis[0].count)
    for (weight, vector) in zip(weights, basis) { subtract(-weight, vector, from: &x) }
    return x
  }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double {
  let (a, b) = (a.span, b.span)
  // Four sums: a single one would wait for each addition.
  var sums = SIMD4<Double>.zero
  let whole = a.count & ~3
  for i in stride(from: 0, to: whole, by: 4) {
    let left = SIMD4(a[unchecked: i], a[unchecked: i + 1], a[unchecked: i + 2], a[unchecked: i + 3])
    let right = SIMD4(b[unchecked: i], b[unchecked: i + 1], b[unchecked: i + 2], b[unchecked: i + 3])
    sums += left * right
  }
  var sum = sums.sum()
  for i in whole..<a.count { sum += a[i] * b[i] }
  return sum
}

/// target ← target - factor vector.
private func subtract(_ factor: Double, _ vector: [Double], from target: inout [Double]) {
  let vector = vector.span
  var target = target.mutableSpan
  for i in 0..<vector.count { target[unchecked: i] -= factor * vector[unchecked: i] }
}
