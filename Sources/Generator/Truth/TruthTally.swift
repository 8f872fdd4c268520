/// What is known only because the shop is made up: which purchases were caused, and by what.
public struct TruthTally: Sendable, Equatable {
  public struct Channel: Sendable, Equatable {
    /// Touches that could cause a purchase (openings, clicks, delivered SMS).
    public internal(set) var touches = 0
    /// Purchases that would not have happened without the channel, and their amounts in hundredths of a taka.
    public internal(set) var incrementalPurchases = 0
    public internal(set) var incrementalRevenue: Int64 = 0
    /// Organic purchases less than a day after a click of this channel: what "last click" credits to it in error.
    public internal(set) var capturedPurchases = 0
    /// Customers of its experiment, by group; who is held out is caused to buy nothing, so all incremental purchases
    /// are those of the treated.
    public internal(set) var treated = 0
    public internal(set) var heldOut = 0
  }

  public internal(set) var purchases = 0
  public internal(set) var revenue: Int64 = 0
  public internal(set) var organicPurchases = 0
  public internal(set) var organicRevenue: Int64 = 0
  private(set) var channels = [Channel](repeating: Channel(), count: GeneratedChannel.allCases.count)

  public subscript(_ channel: GeneratedChannel) -> Channel { channels[Int(channel.rawValue)] }

  mutating func touched(_ channel: GeneratedChannel) { channels[Int(channel.rawValue)].touches += 1 }

  mutating func assigned(_ channel: GeneratedChannel, isHeldOut: Bool) {
    if isHeldOut {
      channels[Int(channel.rawValue)].heldOut += 1
    } else {
      channels[Int(channel.rawValue)].treated += 1
    }
  }

  mutating func purchased(_ amount: Int64, cause: GeneratedChannel?, lastClick: GeneratedChannel?) {
    purchases += 1
    revenue += amount
    if let cause {
      channels[Int(cause.rawValue)].incrementalPurchases += 1
      channels[Int(cause.rawValue)].incrementalRevenue += amount
    } else {
      organicPurchases += 1
      organicRevenue += amount
      if let lastClick { channels[Int(lastClick.rawValue)].capturedPurchases += 1 }
    }
  }
}
