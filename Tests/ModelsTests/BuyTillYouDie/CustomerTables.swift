import Foundation
import Models
import TestSupport

/// The public data sets of the papers.
enum CustomerTables {
  /// CDNOW: repeat purchases, times in weeks (days/7 exactly) and the mean value of repeat purchases.
  static func cdnow() throws -> (x: [Double], lastPurchase: [Double], age: [Double], meanValue: [Double]) {
    let columns = try read("data/cdnow_rfm.csv", ["x", "tx_days", "T_days", "zbar"])
    return (columns[0], columns[1].map { $0 / 7 }, columns[2].map { $0 / 7 }, columns[3])
  }

  /// Columns of numbers of a small CSV file without quotes.
  static func read(_ path: String, _ names: [String]) throws -> [[Double]] {
    let text = try String(contentsOf: SharedData.url(path), encoding: .utf8)
    let lines = text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let places = names.compactMap { name in lines[0].firstIndex { $0 == name } }
    return places.map { place in lines.dropFirst().map { Double($0[place]) ?? .nan } }
  }
}
