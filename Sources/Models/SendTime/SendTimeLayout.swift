/// Where the numbers of a likelihood lie, in its table of logarithms and in the expected counts that belong to them.
///
/// One after the other: customers by state (rhythm, then level); sessions by hour and rhythm; sends by outcome, hour
/// and state. The complete log-likelihood is the product of the two vectors.
struct SendTimeLayout: Sendable, Equatable {
  let hours: Int
  let rhythms: Int
  let levels: Int

  /// What is seen of a send, of customers known to be behind a mail-privacy proxy and of others.
  enum Outcome: Int, CaseIterable {
    case unopened, opened, unopenedBehindProxy, openedBehindProxy

    @inline(__always) static func place(isOpened: Bool, isBehindProxy: Bool) -> Int {
      (isOpened ? 1 : 0) + (isBehindProxy ? 2 : 0)
    }
  }

  var states: Int { rhythms * levels }
  /// Cells of one outcome.
  var cells: Int { hours * states }
  var size: Int { states + hours * rhythms + Outcome.allCases.count * cells }

  @inline(__always) func sessions(_ hour: Int) -> Int { states + hour * rhythms }
  @inline(__always) func sends(_ outcome: Int, _ hour: Int) -> Int {
    states + hours * rhythms + outcome * cells + hour * states
  }
  func sends(_ outcome: Outcome, _ hour: Int) -> Int { sends(outcome.rawValue, hour) }
}
