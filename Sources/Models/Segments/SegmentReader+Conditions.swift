import Journeys

extension SegmentReader {
  func condition(_ value: PlacedValue, _ fields: [String: PlacedValue]) throws(ModelError) -> SegmentCondition {
    try check(fields, of: value, known: ["field", "operator", "value", "days"])
    let field = try field(fields["field"] ?? value)
    let name = fields["operator"]
    guard let name, let written = try text(name) else { throw error(value, "lacks the field 'operator'") }
    let possible = SegmentOperator.all(for: field.kind)
    guard let comparing = SegmentOperator(named: written.lowercased()) else {
      let hint = hint(written.lowercased(), possible.map(\.rawValue))
      throw error(name, "is no operator.\(hint) Those of a \(field.kind.rawValue) are: \(list(possible))")
    }
    guard possible.contains(comparing) else {
      throw error(name, "does not go with '\(field.name)', a \(field.kind.rawValue), which has: \(list(possible))")
    }
    let days = try fields["days"].map { value throws(ModelError) in try self.days(value) }
    if comparing == .isSet || comparing == .isNotSet {
      return SegmentCondition(
        field, .isSet(field.kind), isNegated: comparing.isNegated, days: days, place: value.place)
    }
    guard let operand = fields["value"], operand.content != .null else { throw error(value, "lacks the field 'value'") }
    let comparison: SegmentComparison
    switch field.kind {
    case .number: comparison = try number(comparing, operand)
    case .date: comparison = try date(comparing, operand)
    case .text: comparison = try self.name(comparing, operand, isSet: false)
    case .set: comparison = try self.name(comparing, operand, isSet: true)
    case .flag:
      guard case .flag(let flag) = operand.content else { throw error(operand, "is to be true or false") }
      comparison = .flag(flag)
    }
    return SegmentCondition(field, comparison, isNegated: comparing.isNegated, days: days, place: value.place)
  }

  private func list(_ operators: [SegmentOperator]) -> String { operators.map(\.rawValue).joined(separator: ", ") }

  private func field(_ value: PlacedValue) throws(ModelError) -> SegmentField {
    let name = try text(value) ?? ""
    if let field = SegmentField(named: name) { return field }
    let known = SegmentField.all.map(\.name)
    let hint = hint(name, known + SegmentField.aliases.keys.sorted())
    throw error(
      value,
      "is no field.\(hint) There are: \(known.joined(separator: ", ")) and event_data.KEY; 'segments fields' "
        + "tells what they mean")
  }

  // MARK: Values

  private func number(_ value: PlacedValue) throws(ModelError) -> Double {
    switch value.content {
    case .integer(let number): return Double(number)
    case .number(let number) where number.isFinite: return number
    default: throw error(value, "is to be a number")
    }
  }

  /// More days than any journey has are all days.
  private func days(_ value: PlacedValue) throws(ModelError) -> Double {
    let days = try number(value)
    guard days >= 0 else { throw error(value, "is to be a number of days, not negative") }
    return min(days, 1e6)
  }

  private func elements(_ value: PlacedValue) throws(ModelError) -> [PlacedValue] {
    guard case .list(let list) = value.content, !list.isEmpty else {
      throw error(value, "is to be a list […] that is not empty")
    }
    return list
  }

  private func pair(_ value: PlacedValue) throws(ModelError) -> (PlacedValue, PlacedValue) {
    guard case .list(let list) = value.content, list.count == 2 else {
      throw error(value, "is to be a list of two values, the lower first")
    }
    return (list[0], list[1])
  }

  private func number(
    _ comparing: SegmentOperator, _ value: PlacedValue
  ) throws(ModelError) -> SegmentComparison {
    switch comparing {
    case .greaterThan: return .interval(low: try number(value), high: .infinity, lowIsOpen: true)
    case .greaterThanOrEqual: return .interval(low: try number(value), high: .infinity)
    case .lessThan: return .interval(low: -.infinity, high: try number(value), highIsOpen: true)
    case .lessThanOrEqual: return .interval(low: -.infinity, high: try number(value))
    case .between, .notBetween:
      let ends = try pair(value)
      let (low, high) = (try number(ends.0), try number(ends.1))
      guard low <= high else { throw error(value, "is to have the lower value first") }
      return .interval(low: low, high: high)
    case .isIn, .isNotIn:
      var numbers: [Double] = []
      for element in try elements(value) { numbers.append(try number(element)) }
      return .oneOfNumbers(numbers)
    default: return .oneOfNumbers([try number(value)])
    }
  }

  /// A date is its whole local day, a time with an offset one moment.
  private func period(_ value: PlacedValue) throws(ModelError) -> Range<Int64> {
    guard let text = try text(value) else { throw error(value, "is to be a date in quotes") }
    do throws(JourneyError) {
      if let date = CivilDate(text) { return calendar.start(ofDay: date.days)..<calendar.start(ofDay: date.days + 1) }
      let moment = try calendar.moment(text)
      return moment..<moment + 1
    } catch {
      throw self.error(value, "is no date: write 2024-04-15 or 2024-04-15T09:00:00+06:00")
    }
  }

  private func date(
    _ comparing: SegmentOperator, _ value: PlacedValue
  ) throws(ModelError) -> SegmentComparison {
    let (first, last) = (CustomerFacts.never + 1, Int64.max)
    switch comparing {
    case .withinDays, .notWithinDays: return .age(0...microseconds(try days(value)))
    case .olderThanDays: return .age(microseconds(try days(value)) + 1...last)
    case .before, .lessThan: return .period(first..<(try period(value)).lowerBound)
    case .lessThanOrEqual: return .period(first..<(try period(value)).upperBound)
    case .after, .greaterThan: return .period((try period(value)).upperBound..<last)
    case .greaterThanOrEqual: return .period((try period(value)).lowerBound..<last)
    case .between, .notBetween:
      let ends = try pair(value)
      let (from, to) = (try period(ends.0), try period(ends.1))
      guard from.lowerBound < to.upperBound else { throw error(value, "is to have the earlier date first") }
      return .period(from.lowerBound..<to.upperBound)
    default: return .period(try period(value))
    }
  }

  private func microseconds(_ days: Double) -> Int64 { Int64((days * Double(microsecondsPerDay)).rounded()) }

  /// Numbers and truth values of `event_data` are text in the store.
  private func scalar(_ value: PlacedValue) throws(ModelError) -> String {
    switch value.content {
    case .text(let text) where !text.isEmpty: return text
    case .flag(let flag): return flag ? "true" : "false"
    case .integer(let integer): return String(integer)
    case .number(let number): return number.description
    default: throw error(value, "is to be text that is not empty")
    }
  }

  private func name(
    _ comparing: SegmentOperator, _ value: PlacedValue, isSet: Bool
  ) throws(ModelError) -> SegmentComparison {
    switch comparing {
    case .isIn, .isNotIn, .containsAll:
      var names: [String] = []
      for element in try elements(value) { names.append(try scalar(element)) }
      return comparing == .containsAll ? .allOf(names) : .oneOf(names)
    case .contains, .notContains: return isSet ? .oneOf([try scalar(value)]) : .containsText(try scalar(value))
    case .startsWith: return .hasPrefix(try scalar(value))
    case .endsWith: return .hasSuffix(try scalar(value))
    default: return .oneOf([try scalar(value)])
    }
  }
}
