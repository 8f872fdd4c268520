/// A log-likelihood with its gradient and Hessian in the parameters, as a sum over customers.
package struct Derivatives: Sendable {
  package let parameters: Int
  package var value = 0.0
  package var gradient: [Double]
  /// Row after row; both triangles.
  private var second: [Double]

  package init(parameters: Int) {
    self.parameters = parameters
    gradient = Array(repeating: 0, count: parameters)
    second = Array(repeating: 0, count: parameters * parameters)
  }

  package subscript(i: Int, j: Int) -> Double { second[i * parameters + j] }

  /// Adds to ∂²/∂θᵢ∂θⱼ.
  mutating func add(_ amount: Double, _ i: Int, _ j: Int) {
    second[i * parameters + j] += amount
    if i != j { second[j * parameters + i] += amount }
  }

  /// Adds to the Hessian of four parameters a symmetric matrix, given by its columns.
  mutating func addSymmetric(
    _ first: SIMD4<Double>, _ second: SIMD4<Double>, _ third: SIMD4<Double>, _ fourth: SIMD4<Double>
  ) {
    for (j, column) in [first, second, third, fourth].enumerated() {
      for i in j..<4 { add(column[i], i, j) }
    }
  }

  package mutating func add(_ other: Derivatives) {
    value += other.value
    for i in gradient.indices { gradient[i] += other.gradient[i] }
    for i in second.indices { second[i] += other.second[i] }
  }

  /// The same in ln θ: ∂f/∂ln θᵢ = θᵢ ∂f/∂θᵢ, and the second derivatives by the chain rule.
  package func inLogarithms(at point: [Double]) -> Derivatives {
    var result = self
    for i in 0..<parameters {
      result.gradient[i] *= point[i]
      for j in 0..<parameters { result.second[i * parameters + j] *= point[i] * point[j] }
      result.second[i * parameters + i] += result.gradient[i]
    }
    return result
  }
}

/// A log-likelihood that is a sum over pieces of work of fixed size, so that any number of threads adds up the same
/// bits.
package protocol Likelihood: Sendable {
  var parameters: Int { get }
  /// How many pieces of work there are.
  var chunks: Int { get }

  /// Value and derivatives of all pieces at a point; what is common to them is made once here.
  func chunkwise(at point: [Double]) -> @Sendable (_ chunk: Int) -> Derivatives
}
