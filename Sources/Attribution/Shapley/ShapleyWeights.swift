/// By size of a set: the weight of the set's worth in the Shapley value of the players in it and outside of it.
///
/// φ_x = Σ_{S ∋ x} joined(|S|) v(S) - Σ_{S ∌ x} left(|S|) v(S), with joined(s) = (s-1)! (n-s)! / n! and
/// left(s) = s! (n-s-1)! / n!. So φ_x = Σ_{S ∋ x} change(|S|) v(S) - Σ_S left(|S|) v(S): the second sum is the same for
/// all players, the first needs no set without x.
struct ShapleyWeights: Sendable {
  /// By size 0...n; 0 for the set of all.
  let left: [Double]
  /// joined + left, by size 0...n; 0 for the empty set.
  let change: [Double]

  init(players n: Int) {
    guard n > 1 else {
      left = Array(repeating: 0, count: n + 1)
      change = n == 1 ? [0, 1] : [0]
      return
    }
    // Binomials beyond the largest double are infinite and their weights 0.
    let outside = binomials(n - 1)
    let both = binomials(n - 2)
    left = outside.map { 1 / (Double(n) * $0) } + [0]
    change = [0] + both.map { 1 / (Double(n - 1) * $0) } + [1 / Double(n)]
  }
}

/// n over 0...n.
private func binomials(_ n: Int) -> [Double] {
  var row = [1.0]
  for k in 0..<(n / 2) { row.append(row[k] * Double(n - k) / Double(k + 1)) }
  return (0...n).map { row[min($0, n - $0)] }
}
