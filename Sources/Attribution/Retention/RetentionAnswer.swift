import Journeys

/// The answer in the form of its JSON, with the customers of every cell by id if they were listed.
public struct RetentionAnswer: Encodable, Sendable, Equatable {
  public let result: RetentionResult
  private let users: [RetentionResult.Users]
  private let appearances: [RetentionResult.Appearance]
  private let isListing: Bool

  public init(_ result: RetentionResult, of store: JourneyStore, listingCustomers: Bool) {
    self.result = result
    isListing = listingCustomers
    users = listingCustomers ? result.users(of: store) : []
    appearances = listingCustomers ? result.appearances(of: store) : []
  }

  enum CodingKeys: String, CodingKey {
    case appearances
    case users = "cohort_users"
  }

  public func encode(to encoder: any Encoder) throws {
    try result.encode(to: encoder)
    guard isListing else { return }
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(users, forKey: .users)
    try container.encode(appearances, forKey: .appearances)
  }
}
