import Foundation
import LinearAlgebra

/// Logistic regression of conversion on the presence of keys, with a ridge.
///
/// Minimises Σ_s conv(s) log(1 + e^-η) + null(s) log(1 + e^η) + λ/2 Σ β², η(s) = intercept + Σ_{x ∈ s} β_x; the
/// intercept is not penalised. Newton's method, halving a step that would not go down, until no component of the
/// gradient exceeds 1e-10 of the journeys' weight, and one step more. Where only one outcome was seen presence explains
/// nothing: the coefficients are 0 and the intercept, infinite at the optimum, is left at 0.
package struct RidgeLogistic: Sendable {
  /// The Hessian is dense: 200 MB at this number of keys.
  package static let mostKeys = 5000

  package private(set) var intercept = 0.0
  /// By key; 0 for keys that were not asked for.
  package private(set) var coefficients: [Double]

  /// - Parameters:
  ///   - sets: a table of sets; its journeys are not read.
  ///   - conversions, nulls: by set, the weight of journeys with each outcome.
  ///   - keys: the keys to estimate, ascending; the presence of others is not looked at.
  /// - Throws: `.unsolvable` for more than `mostKeys` keys, or if Newton's method does not converge.
  package init(
    _ sets: PathTable, conversions: [Double], nulls: [Double], keys: [Int], penalty: Double = 1
  ) throws(AttributionError) {
    coefficients = Array(repeating: 0, count: sets.keyCount)
    let (positive, negative) = (conversions.reduce(0, +), nulls.reduce(0, +))
    guard positive > 0, negative > 0 else { return }
    guard keys.count <= Self.mostKeys else {
      throw AttributionError(
        .unsolvable,
        "logistic: \(keys.count) different touch keys are more than the \(Self.mostKeys) whose coefficients are "
          + "estimated together; ask by channel, or for fewer touchpoints")
    }
    let problem = Problem(sets, conversions: conversions, nulls: nulls, keys: keys, penalty: penalty)
    var point = Array(repeating: 0.0, count: keys.count) + [log(positive / negative)]
    var slope = problem.slope(at: point)
    var isLast = false
    for _ in 0..<100 {
      let step: [Double]
      do { step = try Cholesky(slope.hessian).solve(slope.gradient) } catch {
        throw AttributionError(.unsolvable, "logistic: regression on \(keys.count) touch keys failed: \(error)")
      }
      if isLast {
        for (place, key) in keys.enumerated() { coefficients[key] = point[place] - step[place] }
        intercept = point[keys.count] - step[keys.count]
        return
      }
      var scale = 1.0
      while true {
        let candidate = zip(point, step).map { $0 - scale * $1 }
        let next = problem.slope(at: candidate)
        // Near the optimum the objective is flat to the rounding of its sum.
        if next.objective <= slope.objective * (1 + 1e-10) || scale < 1e-6 {
          (point, slope) = (candidate, next)
          break
        }
        scale /= 2
      }
      isLast = slope.gradient.allSatisfy { abs($0) <= 1e-10 * (positive + negative) }
    }
    throw AttributionError(
      .unsolvable,
      "logistic: regression on \(keys.count) touch keys did not converge; look for numbers of journeys that differ "
        + "by many orders of magnitude")
  }
}

/// The sets that have a journey, in the columns of the keys asked for.
private struct Problem {
  struct Slope {
    var objective = 0.0
    var gradient: [Double]
    /// Lower triangle.
    var hessian: Matrix
  }

  private let width: Int
  private let penalty: Double
  /// Of every set its columns, ascending, and the intercept's as the last.
  private var columns: [Int32] = []
  private var offsets = [0]
  /// By set: conversions and nulls.
  private var weights: [SIMD2<Double>] = []

  init(_ sets: PathTable, conversions: [Double], nulls: [Double], keys: [Int], penalty: Double) {
    width = keys.count + 1
    self.penalty = penalty
    var column = Array(repeating: Int32(-1), count: sets.keyCount)
    for (place, key) in keys.enumerated() { column[key] = Int32(place) }
    for set in 0..<sets.count where conversions[set] + nulls[set] > 0 {
      for key in sets[set] where column[Int(key)] >= 0 { columns.append(column[Int(key)]) }
      columns.append(Int32(keys.count))
      offsets.append(columns.count)
      weights.append(SIMD2(conversions[set], nulls[set]))
    }
  }

  func slope(at point: [Double]) -> Slope {
    var objective = 0.0
    var gradient = Array(repeating: 0.0, count: width)
    var hessian = Matrix(rows: width, columns: width)
    hessian.withMutableElements { hessian in
      for set in weights.indices {
        let range = offsets[set]..<offsets[set + 1]
        var score = 0.0
        for place in range { score += point[Int(columns[place])] }
        let (conversions, nulls) = (weights[set].x, weights[set].y)
        let tail = exp(-abs(score))
        let (likelier, rarer) = (1 / (1 + tail), tail / (1 + tail))
        let probability = score >= 0 ? likelier : rarer
        let complement = score >= 0 ? rarer : likelier
        // log(1 + e^-|η|) is common to both outcomes; the less likely one pays |η| besides.
        objective += (conversions + nulls) * log1p(tail) + (score >= 0 ? nulls : conversions) * abs(score)
        let residual = nulls * probability - conversions * complement
        let curvature = (conversions + nulls) * probability * complement
        for place in range {
          let row = Int(columns[place])
          gradient[row] += residual
          for other in range.lowerBound...place { hessian[row * width + Int(columns[other])] += curvature }
        }
      }
      for column in 0..<(width - 1) {
        objective += penalty / 2 * point[column] * point[column]
        gradient[column] += penalty * point[column]
        hessian[column * width + column] += penalty
      }
    }
    return Slope(objective: objective, gradient: gradient, hessian: hessian)
  }
}
