import Foundation
import Stores

// How scores stand in a profile.
extension MongoScoreStore {
  static let projection = BSONDocument {
    $0.append("_id", 0)
    $0.append(Field.customerID, 1)
    $0.append("profile_data.predicted_metrics", 1)
    $0.append("scoring", 1)
  }

  static func filter(_ customer: String) -> BSONDocument {
    BSONDocument { $0.append(Field.customerID, customer) }
  }

  /// Adds "one of these customers" to a filter.
  static func anyOf(_ customers: some Sequence<String>, in filter: inout BSONWriter) {
    filter.document(Field.customerID) { $0.array("$in") { for customer in customers { $0.append(customer) } } }
  }

  static func operators(_ score: CustomerScores) -> BSONDocument {
    BSONDocument(reserving: 1024) {
      $0.document("$set") { set in
        if let profile = score.profile { append(profile, to: &set) }
        for metric in PredictedMetric.allCases {
          if let value = score.scores[metric] { set.append(Field.metric(metric), value) }
        }
        for (model, version) in score.modelVersions { set.append(Field.modelVersion(model), version) }
        if let asOf = score.asOf { set.append(Field.asOf, BSONDate(asOf)) }
        if let scoredAt = score.scoredAt { set.append(Field.scoredAt, BSONDate(scoredAt)) }
        set.append(Field.lastUpdated, BSONDate(score.scoredAt ?? Date()))
      }
    }
  }

  /// Reads what `projection` leaves of a profile. What others wrote in another shape is as good as absent.
  static func decode(_ document: inout BSONReader) throws -> CustomerScores? {
    var customer: String?
    var scores = PredictedMetrics()
    var scoring = Scoring()
    while let element = try document.next() {
      if element.hasKey("customer_id") {
        customer = element.string
      } else if element.hasKey("profile_data"), element.type == .document, var data = try element.nested() {
        while let part = try data.next() {
          guard part.hasKey("predicted_metrics"), part.type == .document, var metrics = try part.nested() else {
            continue
          }
          scores = try decodeMetrics(&metrics)
        }
      } else if element.hasKey("scoring"), element.type == .document, var fields = try element.nested() {
        scoring = try decodeScoring(&fields)
      }
    }
    guard let customer else { return nil }
    return CustomerScores(
      customerID: customer, scores: scores, modelVersions: scoring.modelVersions, asOf: scoring.asOf,
      scoredAt: scoring.scoredAt)
  }

  private static func decodeMetrics(_ fields: inout BSONReader) throws -> PredictedMetrics {
    var metrics = PredictedMetrics()
    while let field = try fields.next() {
      guard let metric = PredictedMetric(rawValue: field.key), let value = field.double, value.isFinite else {
        continue
      }
      metrics[metric] = value
    }
    return metrics
  }

  private struct Scoring {
    var modelVersions: [String: String] = [:]
    var asOf: Date?
    var scoredAt: Date?
  }

  private static func decodeScoring(_ fields: inout BSONReader) throws -> Scoring {
    var scoring = Scoring()
    while let field = try fields.next() {
      if field.hasKey("as_of") {
        scoring.asOf = field.date?.date
      } else if field.hasKey("scored_at") {
        scoring.scoredAt = field.date?.date
      } else if field.hasKey("model_versions"), field.type == .document, var versions = try field.nested() {
        while let version = try versions.next() { scoring.modelVersions[version.key] = version.string }
      }
    }
    return scoring
  }
}

extension BSONDate {
  init(_ date: Date) { self.init(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded())) }

  var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }
}
