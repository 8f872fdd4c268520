import Foundation
import Journeys

/// A feature table as files: `X.npy` (customers x features, float32, NaN for missing), `customer_id.npy` (UTF-8 bytes,
/// one after the other) with `customer_id_offsets.npy` (customers + 1), and `manifest.json`, which names the columns.
public enum FeatureFiles {
  /// What `manifest.json` says.
  public struct Manifest: Codable, Sendable, Equatable {
    public struct Feature: Codable, Sendable, Equatable {
      public var name: String
      public var unit: String
      public var meaning: String
      /// When the column has no number; absent for never.
      public var missing: String?
    }

    public var format = "feature-table"
    public var version: Int
    /// RFC 3339; nothing at or after it was seen.
    public var asOf: String
    public var timeZone: String
    public var customers: Int
    public var windows: [Int]
    public var features: [Feature]
    public var storeChecksum: UInt32
    public var codeVersion = CodeVersion.current

    enum CodingKeys: String, CodingKey {
      case format, version, customers, windows, features
      case asOf = "as_of"
      case timeZone = "timezone"
      case storeChecksum = "store_checksum"
      case codeVersion = "code_version"
    }

    public init(_ rows: FeatureTable.Rows, of store: JourneyStore, asOf moment: Int64, calendar: ZonedCalendar) {
      version = rows.list.version
      asOf = calendar.text(moment)
      timeZone = calendar.identifier
      customers = rows.count
      windows = rows.list.windows
      features = rows.list.features.map {
        Feature(name: $0.name, unit: $0.unit.rawValue, meaning: $0.meaning, missing: $0.missing)
      }
      storeChecksum = store.manifest.checksum
    }
  }

  private static let names = ["X.npy", "customer_id.npy", "customer_id_offsets.npy", "manifest.json"]

  /// Writes the table into a directory, which is there whole or not at all; an older table in its place goes.
  ///
  /// - Throws: `ModelError.unwritable`, also when something that is no feature table is there.
  public static func write(
    _ rows: FeatureTable.Rows, of store: JourneyStore, manifest: Manifest, to directory: URL
  ) throws(ModelError) {
    var ids: [UInt8] = []
    var offsets: [Int64] = [0]
    for customer in rows.customers {
      ids += store.customerID(Int(customer)).utf8
      offsets.append(Int64(ids.count))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let text = try? encoder.encode(manifest) else {
      throw ModelError(.unwritable, "features: the manifest cannot be written")
    }
    try checkReplaceable(directory)
    try DurableFiles.write(
      [
        "X.npy": npy(rows.values, shape: [rows.count, rows.list.names.count]),
        "customer_id.npy": npy(ids, shape: [ids.count]),
        "customer_id_offsets.npy": npy(offsets, shape: [offsets.count]), "manifest.json": text,
      ], replacing: directory)
  }

  private static func npy<Element: NpyElement>(_ values: [Element], shape: [Int]) -> Data {
    var data = Data(NpyHeader(type: Element.npyType, shape: shape).encoded)
    values.withUnsafeBytes { data.append(contentsOf: $0) }
    return data
  }

  private static func checkReplaceable(_ directory: URL) throws(ModelError) {
    guard FileManager.default.fileExists(atPath: directory.path) else { return }
    let found = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? ["?"]
    guard let other = found.sorted().first(where: { !names.contains($0) }) else { return }
    throw ModelError(
      .unwritable,
      "features: \(directory.path) holds '\(other)', which is no part of a feature table; name another directory")
  }
}
