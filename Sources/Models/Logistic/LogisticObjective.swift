import Foundation
import Journeys
import LinearAlgebra

/// F(w, b) = ½‖w‖² + C Σᵢ cᵢ log(1 + exp(-sᵢ (w·xᵢ + b))), sᵢ = ±1: value, gradient and Hessian in one pass.
///
/// The intercept b, the last parameter, is not penalised. Rows are expanded 512 at a time into a buffer that stays in
/// the cache, and every chunk adds its own Hessian, so that memory is that of the table and of one p x p matrix per
/// thread. Chunks are of fixed size and merge in order: the same bits for any number of threads.
/// Cost of one pass: n p² multiplications (half of a full product, by dsyrk) and one exp and one log1p per row.
package struct LogisticObjective: Sendable {
  let design: DesignMatrix
  /// 0 or 1 for every row of the *table*.
  let labels: [UInt8]
  /// For every row of the table; nil for 1.
  let weights: [Double]?
  let inversePenalty: Double
  let threads: Int

  package init(design: DesignMatrix, labels: [UInt8], weights: [Double]?, inversePenalty: Double, threads: Int) {
    self.design = design
    self.labels = labels
    self.weights = weights
    self.inversePenalty = inversePenalty
    self.threads = threads
  }

  package struct Value: Sendable {
    package var objective: Double
    /// Σ cᵢ log(1 + exp(-sᵢ fᵢ)), without C and without the penalty.
    package var loss: Double
    package var gradient: [Double]
    /// Lower triangle.
    package var hessian: Matrix

    package var gradientNorm: Double { gradient.reduce(0) { max($0, abs($1)) } }
  }

  private struct Sums: Sendable {
    var loss = 0.0
    var gradient: [Double]
    var hessian: Matrix
  }

  package func value(at point: [Double]) async throws -> Value {
    let width = design.width
    var total = Sums(gradient: Array(repeating: 0, count: width), hessian: Matrix(rows: width, columns: width))
    try await inOrder(chunks: RowChunks.count(design.rows), threads: threads) { chunk in
      sums(RowChunks.range(chunk, of: design.rows), at: point)
    } take: { chunk in
      total.loss += chunk.loss
      for j in 0..<width { total.gradient[j] += chunk.gradient[j] }
      total.hessian.add(chunk.hessian)
    }
    return penalised(total, at: point)
  }

  private func penalised(_ sums: Sums, at point: [Double]) -> Value {
    let features = design.width - 1
    var gradient = sums.gradient.map { $0 * inversePenalty }
    var hessian = sums.hessian
    hessian.scale(by: inversePenalty)
    var squares = 0.0
    for j in 0..<features {
      gradient[j] += point[j]
      hessian[j, j] += 1
      squares += point[j] * point[j]
    }
    return Value(
      objective: squares / 2 + inversePenalty * sums.loss, loss: sums.loss, gradient: gradient, hessian: hessian)
  }

  private static let blockRows = 512

  private func sums(_ rows: Range<Int>, at point: [Double]) -> Sums {
    let width = design.width
    var result = Sums(gradient: Array(repeating: 0, count: width), hessian: Matrix(rows: width, columns: width))
    var block = [Double](repeating: 0, count: Self.blockRows * width)
    var scores = [Double](repeating: 0, count: Self.blockRows)
    var roots = [Double](repeating: 0, count: Self.blockRows)
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.blockRows) {
      let range = start..<min(start + Self.blockRows, rows.upperBound)
      add(range, at: point, block: &block, scores: &scores, roots: &roots, to: &result)
    }
    return result
  }

  private func add(
    _ range: Range<Int>, at point: [Double], block: inout [Double], scores: inout [Double], roots: inout [Double],
    to sums: inout Sums
  ) {
    let width = design.width
    var blockSpan = block.mutableSpan
    design.fill(range, into: &blockSpan)
    var scoreSpan = scores.mutableSpan
    BLAS.multiply(rows: range.count, columns: width, blockSpan.span, point.span, into: &scoreSpan)
    var rootSpan = roots.mutableSpan
    sums.loss += slopes(range, scores: &scoreSpan, roots: &rootSpan)
    var gradient = sums.gradient.mutableSpan
    BLAS.addTransposed(rows: range.count, columns: width, blockSpan.span, scoreSpan.span, into: &gradient)
    blockSpan.withUnsafeMutableBufferPointer { block in
      for row in 0..<range.count {
        let root = rootSpan[row]
        for j in (row * width)..<((row + 1) * width) { block[j] *= root }
      }
    }
    sums.hessian.withMutableElements { hessian in
      BLAS.addGram(rows: range.count, columns: width, blockSpan.span, into: &hessian)
    }
  }

  /// Replaces each score f by c (p - y), puts √(c p (1 - p)) beside it, and returns the loss of the rows.
  ///
  /// Everything is made from e = exp(-|f|) ≤ 1, so that nothing overflows and 1 - p keeps its digits.
  private func slopes(
    _ range: Range<Int>, scores: inout MutableSpan<Double>, roots: inout MutableSpan<Double>
  ) -> Double {
    var loss = 0.0
    for (row, index) in range.enumerated() {
      let tableRow = design.selection[index]
      let score = scores[row]
      let isPositive = labels[tableRow] != 0
      let weight = weights.map { $0[tableRow] } ?? 1
      let e = exp(-abs(score))
      let near = 1 / (1 + e)
      let far = e * near
      // p and 1 - p, whichever side of zero the score is.
      let (p, q) = score >= 0 ? (near, far) : (far, near)
      let isWrongSide = (score >= 0) != isPositive
      loss += weight * (log1p(e) + (isWrongSide ? abs(score) : 0))
      scores[row] = weight * (isPositive ? -q : p)
      roots[row] = (weight * near * far).squareRoot()
    }
    return loss
  }
}

extension Matrix {
  fileprivate mutating func add(_ other: Matrix) {
    withMutableElements { elements in
      for i in 0..<elements.count { elements[i] += other.elements[i] }
    }
  }

  fileprivate mutating func scale(by factor: Double) {
    withMutableElements { elements in
      for i in 0..<elements.count { elements[i] *= factor }
    }
  }
}
