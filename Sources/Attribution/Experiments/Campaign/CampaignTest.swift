import Journeys

/// The read-out of a campaign's variants from the events. Linear in events; whole numbers, so every cut gives the same.
public struct CampaignTest: Aggregation {
  public let query: CampaignTestQuery
  private let variants: Column<Int32>
  private let variantNames: NameTable
  private let roles: EventRoles
  private let walk: CampaignTestWalk

  /// - Throws: `.unknownName` for a campaign, a conversion or a column that the store does not have; `.invalidQuery`.
  public init(_ query: CampaignTestQuery, of store: JourneyStore) throws(AttributionError) {
    try query.check()
    self.query = query
    guard let campaign = store.campaignNames.code(of: query.campaign) else {
      throw store.unknownCampaign(query.campaign)
    }
    guard case .names(let variants, let names)? = try? store.property(query.variantColumn) else {
      throw AttributionError(
        .unknownName,
        "campaign test: journey store \(store.directory.path) has no column of names '\(query.variantColumn)', which "
          + "says who was shown what; events carry it in event_data, and a key of another name is kept by "
          + "'import --property'")
    }
    (self.variants, variantNames) = (variants, names)
    var roles = [UInt8](repeating: 0, count: store.eventTypeNames.count)
    for code in try store.eventTypeCodes(query.conversions, for: "conversion") { roles[Int(code)] = 1 }
    self.roles = EventRoles(roles)
    walk = CampaignTestWalk(query, campaign: campaign, dataEnd: store.manifest.lastTimestamp ?? 0)
  }

  public func empty() -> CampaignTestTally { CampaignTestTally() }

  public func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout CampaignTestTally) {
    store.withColumns { columns in
      variants.span.withUnsafeBufferPointer { variants in
        roles.withTable { roles in
          for customer in customers { walk.add(customer, columns, variants, roles, into: &partial) }
        }
      }
    }
  }

  public func merge(_ later: CampaignTestTally, into partial: inout CampaignTestTally) {
    partial.variants.add(later.variants)
    partial.mixed += later.mixed
  }

  public func finish(_ partial: CampaignTestTally) -> CampaignTestCounts {
    CampaignTestCounts(
      variants: partial.variants.sorted().map { (variantNames[Int32($0.key)], $0.value) }.sorted { $0.0 < $1.0 },
      mixed: partial.mixed)
  }

  /// Reads the counts out.
  ///
  /// - Throws: `.invalidQuery` when there are not two variants to compare, or for a control or a split that names none
  ///   of them; `.unsolvable` for amounts that cannot be squared.
  public func result(
    _ counts: CampaignTestCounts, of store: JourneyStore
  ) throws(AttributionError) -> CampaignTestResult {
    try CampaignTestResult(query, counts) { store.customerID($0) }
  }
}

/// Sums by variant, sorted by name, and who was shown several.
public struct CampaignTestCounts: Sendable {
  let variants: [(name: String, sums: VariantSums)]
  let mixed: [Int32]
}

extension CampaignTestQuery {
  /// - Throws: `.invalidQuery` for a setting that is none.
  func check() throws(AttributionError) {
    func refuse(_ reason: String) -> AttributionError { AttributionError(.invalidQuery, "campaign test: \(reason)") }
    guard window > 0 else { throw refuse("the window is 0: nothing can be done in it; give one such as 7d") }
    guard past >= 0 else { throw refuse("the past cannot be negative; 0 leaves it out") }
    guard !conversions.isEmpty else { throw refuse("it needs an event that is a conversion") }
    guard !metrics.isEmpty, Set(metrics).count == metrics.count else { throw refuse("name each metric once") }
    guard 0 < alpha, alpha < 1 else { throw refuse("the level lies between 0 and 1, such as 0.95") }
    guard tuning > 0, tuning.isFinite else { throw refuse("the tuning is a number of recipients above 0") }
    for (name, weight) in (split ?? [:]).sorted(by: { $0.key < $1.key }) where !(weight > 0 && weight.isFinite) {
      throw refuse("the share of '\(name)' in the split must be above 0")
    }
  }
}

extension JourneyStore {
  fileprivate func unknownCampaign(_ name: String) -> AttributionError {
    let known = campaignNames.names.sorted()
    let hint = nearestName(to: name, among: known).map { " Did you mean '\($0)'?" } ?? ""
    let names =
      switch known.count {
      case 0: "None of its events names a campaign"
      case ...8: "It has: \(known.joined(separator: ", "))"
      default: "It has \(known.count), such as \(known.prefix(5).joined(separator: ", "))"
      }
    return AttributionError(
      .unknownName, "campaign test: journey store \(directory.path) has no campaign '\(name)'.\(hint) \(names)")
  }
}
