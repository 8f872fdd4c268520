import Journeys

/// Numbers for what touches are credited by: channels, campaigns, values of other columns, or combinations of them.
///
/// A key is Σ step · (code + 1) over the dimensions: 0 for an event that has none of them.
struct TouchKeys: Sendable {
  struct Column: Sendable {
    let codes: Journeys.Column<Int32>
    let names: NameTable
    let step: Int
  }

  let columns: [Column]
  /// Keys are below.
  let count: Int
  /// Whether the only dimension is the channel: the fastest to select by.
  let isByChannel: Bool
  /// Of the channel and of the campaign when there are no other dimensions, 0 for one that is not asked for.
  let channelStep: Int
  let campaignStep: Int
  let isByOthers: Bool
  let channelCount: Int
  let campaignCount: Int

  init(_ dimensions: AttributionQuery.Dimensions, _ store: JourneyStore) throws(AttributionError) {
    var columns: [Column] = []
    var step = 1
    // The last dimension counts fastest.
    for name in dimensions.names.reversed() {
      let (codes, names) = try Self.column(name, store)
      columns.append(Column(codes: codes, names: names, step: step))
      let (product, overflow) = step.multipliedReportingOverflow(by: names.count + 1)
      guard !overflow, product < Int(Int32.max) else {
        throw AttributionError(
          .unsolvable,
          "attribution by \(dimensions.text): these are too many combinations of names; ask by fewer columns")
      }
      step = product
    }
    count = step
    self.columns = columns.reversed()
    func dimensionStep(_ name: String) -> Int {
      zip(dimensions.names, columns.reversed()).first { $0.0 == name }?.1.step ?? 0
    }
    channelStep = dimensionStep("channel")
    campaignStep = dimensionStep("campaign")
    isByChannel = dimensions == .channel
    isByOthers = !dimensions.names.allSatisfy { ["channel", "campaign"].contains($0) }
    channelCount = store.channelNames.count
    campaignCount = store.campaignNames.count
  }

  /// Of an event, whatever its dimensions are.
  @inline(__always)
  func key(_ event: Int) -> Int {
    var key = 0
    for column in columns {
      let code = column.codes[event]
      if (0..<Int32(column.names.count)).contains(code) { key &+= column.step &* (Int(code) &+ 1) }
    }
    return key
  }

  func name(_ key: Int) -> AttributionResult.Key {
    .init(
      columns.map { column in
        let code = key / column.step % (column.names.count + 1)
        return code > 0 ? column.names[Int32(code - 1)] : nil
      })
  }

  private static func column(
    _ name: String, _ store: JourneyStore
  ) throws(AttributionError) -> (Journeys.Column<Int32>, NameTable) {
    switch name {
    case "channel": return (store.channels, store.channelNames)
    case "campaign": return (store.campaigns, store.campaignNames)
    default:
      do {
        if case .names(let codes, let names) = try store.property(name) { return (codes, names) }
      } catch { throw AttributionError(.unknownName, "attribution by '\(name)': \(error.message)") }
      throw AttributionError(.invalidQuery, "attribution by '\(name)': this column holds numbers, not names")
    }
  }
}
