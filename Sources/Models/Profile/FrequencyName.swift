/// How often something happens, as profiles and segments name it: the first whose longest mean interval is not passed.
public enum FrequencyName: String, CaseIterable, Codable, Sendable {
  case daily, weekly, biweekly, monthly, quarterly, yearly, rarely

  public init(meanDays: Double) {
    self =
      switch meanDays {
      case ...2: .daily
      case ...10: .weekly
      case ...20: .biweekly
      case ...45: .monthly
      case ...135: .quarterly
      case ...548: .yearly
      default: .rarely
      }
  }

  /// Among all names.
  var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
