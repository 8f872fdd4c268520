import Foundation

/// Reference cases and data sets that lie beside a checkout and are never part of it.
///
/// A test that needs them is `.enabled(if: SharedData.exists)`: only there may a test skip, visibly.
public enum SharedData {
  /// `ANALYTICS_SHARED`, or the folder `shared` next to the checkout.
  public static let root: URL = {
    if let path = ProcessInfo.processInfo.environment["ANALYTICS_SHARED"] { return URL(filePath: path) }
    return repository.deletingLastPathComponent().appending(path: "shared")
  }()

  public static var exists: Bool { FileManager.default.fileExists(atPath: root.appending(path: "cases").path) }

  public static func url(_ path: String) -> URL { root.appending(path: path) }

  /// The root of this checkout.
  public static let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}
