import Journeys

/// What a figure is held against, over a month.
public struct KPITarget: Sendable, Equatable {
  public enum Scope: String, Sendable, CaseIterable { case email, sms, overall }
  public enum Bound: String, Sendable {
    case atLeast = "at_least"
    case atMost = "at_most"
  }

  public let scope: Scope
  public let figure: Figure
  public let bound: Bound
  /// A share as 0 to 1, a price in major units; nil for what is only watched.
  public var value: Double?
  /// Whether every single campaign has to meet it, and not all of them together.
  public let isPerCampaign: Bool

  init(_ scope: Scope, _ figure: Figure, _ bound: Bound, _ value: Double?, isPerCampaign: Bool = false) {
    self.scope = scope
    self.figure = figure
    self.bound = bound
    self.value = value
    self.isPerCampaign = isPerCampaign
  }

  /// `email.open_rate`; the return on marketing investment is called by its own name.
  public var name: String { "\(scope.rawValue).\(figure == .returnOnAdSpend ? "romi" : figure.rawValue)" }

  /// The targets of section 7 of the service document: e-mail (7.1) delivery 95 %, open 25 %, click 3 %, conversion
  /// 1 %, unsubscriptions below 0.5 % per campaign; texts (7.2) delivery 98 %, click 10 %, opt-outs below 1 % per
  /// campaign, and a cost per conversion to be watched; overall (7.3) 4:1 return on marketing investment, and a
  /// customer acquisition cost to be watched.
  ///
  /// The section also names what no event says: the response rate of interactive texts, marketing qualified leads and
  /// brand awareness; lifetime value is a model's.
  public static let standard = [
    KPITarget(.email, .deliveryRate, .atLeast, 0.95),
    KPITarget(.email, .openRate, .atLeast, 0.25),
    KPITarget(.email, .clickRate, .atLeast, 0.03),
    KPITarget(.email, .conversionRate, .atLeast, 0.01),
    KPITarget(.email, .unsubscribeRate, .atMost, 0.005, isPerCampaign: true),
    KPITarget(.sms, .deliveryRate, .atLeast, 0.98),
    KPITarget(.sms, .clickRate, .atLeast, 0.10),
    KPITarget(.sms, .optOutRate, .atMost, 0.01, isPerCampaign: true),
    KPITarget(.sms, .costPerAcquisition, .atMost, nil),
    KPITarget(.overall, .returnOnAdSpend, .atLeast, 4),
    KPITarget(.overall, .customerAcquisitionCost, .atMost, nil),
  ]

  /// The standard targets with others in their place: `email.open_rate=0.2,overall.romi=5`.
  ///
  /// - Throws: `.unknownName` for a target that there is not, `.invalidQuery` for no number.
  public static func standard(with changes: String) throws(AttributionError) -> [KPITarget] {
    var targets = standard
    for change in changes.split(separator: ",") {
      let parts = change.split(separator: "=", maxSplits: 1).map { $0.trimmed }
      guard parts.count == 2, let value = Double(parts[1]), value >= 0, value.isFinite else {
        throw AttributionError(
          .invalidQuery, "target '\(change)': write it as name=number, such as email.open_rate=0.2")
      }
      guard let place = targets.firstIndex(where: { $0.name == parts[0] }) else {
        let names = targets.map(\.name)
        let hint = nearestName(to: parts[0], among: names).map { " Did you mean '\($0)'?" } ?? ""
        throw AttributionError(
          .unknownName, "there is no target '\(parts[0])'.\(hint) There are \(names.joined(separator: ", "))")
      }
      targets[place].value = value
    }
    return targets
  }
}

extension Substring {
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
