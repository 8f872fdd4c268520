import Foundation

/// Microseconds since 1970 UTC as RFC 3339, to the second: for cards and messages.
func timestampText(_ microseconds: Int64) -> String {
  Date(timeIntervalSince1970: (Double(microseconds) / 1e6).rounded(.down)).ISO8601Format()
}
