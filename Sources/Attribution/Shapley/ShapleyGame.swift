/// The games that the field sells as "Shapley value": what a set S of touch keys is worth on its own.
///
/// conv(T), null(T) and val(T) are conversions, journeys that came to nothing, and revenue of the journeys whose set of
/// keys is exactly T; v(∅) = 0. A key's credit is its marginal worth v(S ∪ x) - v(S), averaged over all orders in which
/// the K keys can arrive: φ_x = Σ_{S ⊆ N∖x} |S|! (K-|S|-1)! / K! · (v(S ∪ x) - v(S)) (Shapley 1953).
public enum ShapleyGame: String, Sendable, Codable, CaseIterable {
  /// v(S) = Σ_{T ⊆ S} conv(T): all conversions that the keys of S reach alone (Zhao et al. 2018; Cano-Berlanga et al.
  /// 2017). Equals a linear rule over distinct keys; adds up to all conversions.
  case subsetConversions = "subset-conversions"
  /// v(S) = conv(S): a set is worth what happened with exactly it. Not monotone: credits can be negative, and they
  /// add up to the conversions of the set of all keys, which may be none.
  case exactSet = "exact-set"
  /// v(S) = Σ_{T ⊆ S} conv(T) / Σ_{T ⊆ S} (conv(T) + null(T)): the rate among journeys that touch nothing but S.
  /// Adds up to the overall rate; credits can be negative.
  case subsetRate = "subset-rate"
  /// A game for every converting set T on its own, among T's keys: v(S) = conv(S) / (conv(S) + null(S)) of exactly S.
  /// Each is scaled to conv(T) and kept with its negative credits; adds up to all conversions.
  case perSetRate = "per-set-rate"
}
