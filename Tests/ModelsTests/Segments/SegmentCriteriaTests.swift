import Foundation
import Journeys
import Models
import Testing

@Suite struct SegmentCriteriaTests {
  private let dhaka: ZonedCalendar

  init() throws { dhaka = try ZonedCalendar("Asia/Dhaka") }

  private func segments(_ json: String) throws(ModelError) -> [SegmentDefinition] {
    try SegmentDefinition.segments(json: Data(json.utf8), source: "file.json", calendar: dhaka)
  }

  private func criteria(_ json: String) throws(ModelError) -> SegmentCriteria {
    try SegmentCriteria(json: Data(json.utf8), source: "criteria", calendar: dhaka)
  }

  /// The body of `POST /segments` in the service document.
  @Test func theExampleOfTheServiceDocumentIsRead() throws {
    let read = try segments(
      """
      {"segment_name": "High Value Customers", "segment_name_bn": "উচ্চ মূল্যের ক্রেতা",
       "description": "Customers with lifetime value > 50,000 BDT", "segment_type": "behavioral",
       "criteria": {"conditions": [
         {"field": "customer_lifetime_value", "operator": "greater_than", "value": 50000},
         {"field": "last_purchase_date", "operator": "within_days", "value": 90}], "logic": "AND"},
       "is_dynamic": true}
      """)
    let expected = SegmentCriteria.all([
      .condition(
        SegmentCondition(
          .number(.customerLifetimeValue), .interval(low: 50_000, high: .infinity, lowIsOpen: true),
          place: "criteria.conditions[0]")),
      .condition(
        SegmentCondition(
          .date(.lastPurchase), .age(0...90 * 86_400_000_000), place: "criteria.conditions[1]")),
    ])
    #expect(read == [SegmentDefinition(name: "High Value Customers", type: "behavioral", criteria: expected)])
  }

  @Test func criteriaAloneAndListsOfSegmentsAreRead() throws {
    let alone = try segments(#"{"field": "city", "operator": "is", "value": "Dhaka"}"#)
    #expect(alone.map(\.name) == ["file.json"])
    #expect(alone[0].criteria == .condition(SegmentCondition(.text(.location), .oneOf(["Dhaka"]))))
    let both = try segments(
      """
      [{"id": "7", "segment_name": "a", "criteria": {"field": "has_purchased", "operator": "=", "value": true}},
       {"segment_name": "b", "criteria": {"logic": "not", "conditions": [
         {"field": "categories", "operator": "contains_all", "value": ["x", "y"], "days": 30}]}}]
      """)
    #expect(both.map(\.name) == ["a", "b"] && both[0].id == "7")
    let condition = SegmentCondition(
      .set(.categories), .allOf(["x", "y"]), days: 30, place: "[1].criteria.conditions[0]")
    #expect(both[1].criteria == .none([.condition(condition)]))
  }

  /// Days are local ones: 2024-06-01 in Dhaka begins at 18:00 UTC of the day before.
  @Test func datesAreWholeLocalDays() throws {
    let start = CustomerEvents.moment - 6 * 3_600_000_000
    let end = start + CustomerEvents.day
    func period(_ comparing: String, _ value: String) throws -> (Range<Int64>, Bool)? {
      let read = try criteria(#"{"field": "signup_date", "operator": "\#(comparing)", "value": \#(value)}"#)
      guard case .condition(let condition) = read, case .period(let period) = condition.comparison else { return nil }
      return (period, condition.isNegated)
    }
    let day = #""2024-06-01""#
    #expect(try #require(try period("on", day)) == (start..<end, false))
    #expect(try #require(try period("not_equals", day)) == (start..<end, true))
    #expect(try period("before", day)?.0.upperBound == start)
    #expect(try period("on_or_before", day)?.0.upperBound == end)
    #expect(try period("after", day)?.0.lowerBound == end)
    #expect(try period("greater_than_or_equal", day)?.0.lowerBound == start)
    #expect(try period("between", #"["2024-06-01", "2024-06-01"]"#)?.0 == start..<end)
    #expect(try period("after", #""2024-06-01T00:00:00Z""#)?.0.lowerBound == CustomerEvents.moment + 1)
  }

  @Test(arguments: [
    (#"{"conditions": [{"field": "total_order", "operator": "=", "value": 1}]}"#, "'conditions[0].field'"),
    (#"{"conditions": [{"field": "total_order", "operator": "=", "value": 1}]}"#, "Did you mean 'total_orders'?"),
    (#"{"field": "total_orders", "operator": "grater_than", "value": 1}"#, "Did you mean 'greater_than'?"),
    (#"{"field": "total_orders", "operator": "contains", "value": 1}"#, "does not go with 'total_orders', a number"),
    (#"{"field": "total_orders", "operator": ">", "value": "5"}"#, "'value' is to be a number"),
    (#"{"field": "total_orders", "operator": ">"}"#, "lacks the field 'value'"),
    (#"{"field": "total_orders", "value": 1}"#, "lacks the field 'operator'"),
    (#"{"field": "total_orders", "operator": "between", "value": [5, 1]}"#, "lower value first"),
    (#"{"field": "total_orders", "operator": "in", "value": []}"#, "not empty"),
    (#"{"field": "total_orders", "operator": ">", "value": 1, "days": -1}"#, "'days' is to be a number of days"),
    (#"{"field": "last_purchase_date", "operator": "after", "value": "yesterday"}"#, "is no date"),
    (#"{"field": "last_purchase_date", "operator": "within_days", "value": "x"}"#, "is to be a number"),
    (#"{"field": "has_purchased", "operator": "=", "value": "yes"}"#, "is to be true or false"),
    (#"{"field": "location", "operator": "=", "value": ["Dhaka"]}"#, "is to be text"),
    (#"{"conditions": [], "logic": "AND"}"#, "at least one condition"),
    (#"{"conditions": {}, "logic": "AND"}"#, "is to be a list"),
    (
      #"{"conditions": [{"field": "carrier", "operator": "is_set"}], "logic": "XOR"}"#,
      "'logic' is to be AND, OR or NOT"
    ),
    (
      #"{"conditions": [{"conditions": [{"field": "carrier", "operator": "is_set", "vlaue": 1}]}]}"#,
      "'conditions[0].conditions[0]' has no field 'vlaue'. Did you mean 'value'?"
    ),
    (#"{"logic": "AND"}"#, "lacks the field 'conditions'"),
    (#"{"conditions": ["#, "it is no JSON"),
    (#"[1]"#, "is to be an object"),
  ])
  func whatIsWrongIsSaidWithItsPlace(json: String, saying: String) throws {
    let error = #expect(throws: ModelError.self) { try criteria(json) }
    #expect(error?.code == .malformedCriteria)
    #expect(error?.message.hasPrefix("criteria: ") == true)
    #expect(error?.message.contains(saying) == true, "\(error?.message ?? "")")
  }

  @Test func aSegmentWithoutNameOrWithAStrangeFieldIsRefused() {
    let condition = #"{"field": "carrier", "operator": "is_set"}"#
    for (json, saying) in [
      (#"[{"criteria": \#(condition)}]"#, "'[0]' lacks the field 'segment_name'"),
      (#"{"segment_name": "a"}"#, "lacks the field 'criteria'"),
      (#"{"segment_nam": "a", "criteria": \#(condition)}"#, "Did you mean 'segment_name'?"),
      ("[]", "empty list"),
    ] {
      let error = #expect(throws: ModelError.self) { try segments(json) }
      #expect(error?.message.contains(saying) == true, "\(error?.message ?? "")")
    }
  }

  /// Every operator that a kind of field is said to have is read, and every field has a meaning.
  @Test func everyFieldHasItsOperatorsAndAMeaning() throws {
    for field in SegmentField.all + [.eventData("page")] {
      #expect(field.meaning.count > 5)
      #expect(SegmentField(named: field.name) == field)
      for comparing in SegmentOperator.all(for: field.kind) {
        let one = field.kind == .number ? "3" : field.kind == .flag ? "true" : #""2024-06-01""#
        let value: String
        switch comparing {
        case .between, .notBetween, .isIn, .isNotIn, .containsAll: value = "[\(one), \(one)]"
        case .withinDays, .notWithinDays, .olderThanDays: value = "3"
        default: value = one
        }
        #expect(throws: Never.self) {
          try criteria(#"{"field": "\#(field.name)", "operator": "\#(comparing.rawValue)", "value": \#(value)}"#)
        }
      }
    }
    for (alias, name) in SegmentField.aliases { #expect(SegmentField(named: alias)?.name == name) }
  }
}
