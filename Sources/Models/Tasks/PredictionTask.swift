import Journeys

/// What is predicted of a customer as of a moment, for a horizon of days from there on.
public enum PredictionTask: String, Codable, Sendable, CaseIterable {
  /// The probability that a customer who has bought does not buy within the horizon.
  case churn
  /// The probability that a customer known by any event buys within the horizon.
  case nextPurchase = "next-purchase"
  /// What a customer who has bought spends within the horizon, and all their life.
  case lifetimeValue = "ltv"

  /// As the registry names it.
  public var name: String { rawValue }

  /// Whether it is a probability, not money.
  public var isProbability: Bool { self != .lifetimeValue }

  public var population: String {
    switch self {
    case .churn, .lifetimeValue: "customers with at least one purchase before the features' moment"
    case .nextPurchase: "customers with at least one event before the features' moment"
    }
  }

  public var label: String {
    switch self {
    case .churn: "no purchase within the horizon from the features' moment on"
    case .nextPurchase: "a purchase within the horizon from the features' moment on"
    case .lifetimeValue: "revenue within the horizon from the features' moment on, major units"
    }
  }

  var takesBuyersOnly: Bool { self != .nextPurchase }
}
