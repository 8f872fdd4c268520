import Foundation
import Journeys

/// What each channel really caused, as the generator knows it: purchases that would not have happened without it.
public struct AttributionTruth: Sendable, Equatable {
  /// By channel; what nothing caused is in none of them.
  let caused: [String: Credit]

  /// - Parameter path: of the file that `generate --truth` wrote.
  /// - Throws: `.unreadable`, `.invalidQuery` for a file of another kind.
  public init(file path: String) throws(AttributionError) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw AttributionError(.unreadable, "read truth \(path): no such file, or it cannot be read")
    }
    struct File: Decodable {
      struct Channel: Decodable {
        let incremental_purchases: Double
        let incremental_revenue: Double
      }
      let channels: [String: Channel]
    }
    guard let file = try? JSONDecoder().decode(File.self, from: data), !file.channels.isEmpty else {
      throw AttributionError(.invalidQuery, "read truth \(path): it is not what 'generate --truth' writes")
    }
    self.init(
      file.channels.mapValues { Credit(conversions: $0.incremental_purchases, revenue: $0.incremental_revenue) })
  }

  package init(_ caused: [String: Credit]) { self.caused = caused }

  /// Holds models against the truth.
  ///
  /// - Throws: `.invalidQuery` unless the rows are channels.
  public func compare(_ results: [AttributionResult]) throws(AttributionError) -> TruthComparison {
    guard results.allSatisfy({ $0.by == "channel" }) else {
      throw AttributionError(.invalidQuery, "against: the truth is known by channel; ask --by channel")
    }
    let sum = caused.values.reduce(into: Credit.zero) { $0 += $1 }
    let models = results.map { result in
      var credited: [String: Double] = caused.mapValues { _ in 0 }
      for row in result.rows { if let name = row.key.names[0] { credited[name, default: 0] += row.conversions } }
      let claimed = credited.values.reduce(0, +)
      let channels = credited.keys.sorted()
      // Shares of what is credited and of what was caused; a model that credits nothing is as far as can be.
      let distance = channels.reduce(0.0) { distance, channel in
        let model = claimed > 0 ? (credited[channel] ?? 0) / claimed : 0
        let truth = sum.conversions > 0 ? (caused[channel]?.conversions ?? 0) / sum.conversions : 0
        return distance + abs(model - truth) / 2
      }
      return TruthComparison.Model(
        model: result.model, shareDistance: distance,
        rankCorrelation: rankCorrelation(
          channels.map { credited[$0] ?? 0 }, channels.map { caused[$0]?.conversions ?? 0 }),
        claimed: claimed, caused: sum.conversions)
    }
    return TruthComparison(
      channels: caused.sorted { ($1.value.conversions, $0.key) < ($0.value.conversions, $1.key) }.map {
        .init(channel: $0.key, conversions: $0.value.conversions, revenue: $0.value.revenue)
      },
      models: models.sorted { ($0.shareDistance, $0.model.rawValue) < ($1.shareDistance, $1.model.rawValue) })
  }
}

/// How far models are from the truth.
public struct TruthComparison: Codable, Sendable, Equatable {
  public struct Channel: Codable, Sendable, Equatable {
    public let channel: String
    /// Caused by it.
    public let conversions: Double
    public let revenue: Double
  }

  public struct Model: Codable, Sendable, Equatable {
    public let model: AttributionModel
    /// The part of all credit that stands at the wrong channel: half the sum of the differences of shares, 0 to 1.
    public let shareDistance: Double
    /// Of credits and caused conversions by their order (Kendall's tau-b), -1 to 1; 0 where one has no order.
    public let rankCorrelation: Double
    /// Conversions credited to channels, and those that channels caused: the rest would have come anyway.
    public let claimed: Double
    public let caused: Double

    enum CodingKeys: String, CodingKey {
      case model, claimed, caused
      case shareDistance = "share_distance"
      case rankCorrelation = "rank_correlation"
    }
  }

  /// The most caused first.
  public let channels: [Channel]
  /// The nearest to the truth first.
  public let models: [Model]
}

/// Kendall's tau-b (Kendall 1945): agreement of the orders of two lists, ties allowed for.
private func rankCorrelation(_ a: [Double], _ b: [Double]) -> Double {
  var (agreeing, ofA, ofB) = (0.0, 0.0, 0.0)
  for i in a.indices {
    for j in 0..<i {
      let (x, y) = ((a[i] - a[j]).signum, (b[i] - b[j]).signum)
      agreeing += x * y
      ofA += x * x
      ofB += y * y
    }
  }
  return ofA * ofB > 0 ? agreeing / (ofA * ofB).squareRoot() : 0
}

extension Double {
  fileprivate var signum: Double { self > 0 ? 1 : self < 0 ? -1 : 0 }
}
