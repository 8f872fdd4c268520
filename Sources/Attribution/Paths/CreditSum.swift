import Journeys

/// What conversions are summed in: whole numbers for events, doubles for files of paths and for resamples.
protocol CreditSum: Summable, BitwiseCopyable {
  /// Of journeys.
  associatedtype Count: JourneyCount
  /// Of a credit that is divided among touches.
  associatedtype Part: CreditPart

  /// The conversions alone.
  var count: Count { get }
  var inDoubles: Credit { get }
  func times(_ factor: Int) -> Self
  /// The part of so many 2^-52.
  func part(_ units: Int64) -> Part
}

protocol JourneyCount: Summable, BitwiseCopyable {
  var inDoubles: Double { get }
}

protocol CreditPart: Summable, BitwiseCopyable {
  var inDoubles: Credit { get }
}

extension Int: JourneyCount {
  var inDoubles: Double { Double(self) }
}

extension Double: JourneyCount {
  var inDoubles: Double { self }
}

/// A divided credit is counted in units of 2^-52: shares of a path add up to one exactly, sums do in any order.
let unitsPerCredit = Int64(1) << 52

extension ExactCredit: CreditSum {
  struct Part: CreditPart {
    /// Units of conversions, and of minor units of revenue.
    var conversions: Int128
    var revenue: Int128

    static let zero = Part(conversions: 0, revenue: 0)

    @inline(__always)
    static func += (total: inout Part, other: Part) {
      total.conversions &+= other.conversions
      total.revenue &+= other.revenue
    }

    var inDoubles: Credit {
      Credit(
        conversions: Double(conversions) / Double(unitsPerCredit),
        revenue: Double(revenue) / Double(unitsPerCredit) / Double(Money.minorPerMajor))
    }
  }

  var count: Int { conversions }

  @inline(__always)
  func times(_ factor: Int) -> ExactCredit {
    ExactCredit(conversions: conversions &* factor, revenue: revenue &* Int128(factor))
  }

  @inline(__always)
  func part(_ units: Int64) -> Part {
    Part(conversions: Int128(conversions) &* Int128(units), revenue: revenue &* Int128(units))
  }
}

extension Credit: CreditSum, CreditPart {
  var count: Double { conversions }
  var inDoubles: Credit { self }
  func times(_ factor: Int) -> Credit { self * Double(factor) }
  func part(_ units: Int64) -> Credit { self * (Double(units) / Double(unitsPerCredit)) }
}
