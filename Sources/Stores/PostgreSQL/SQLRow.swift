internal import CLibPQ

/// One row of an answer; lives as long as the closure that it is given to.
public struct SQLRow: ~Copyable {
  private let result: OpaquePointer
  private let row: Int32

  init(result: OpaquePointer, row: Int32) {
    self.result = result
    self.row = row
  }

  /// The text form of a field of any type; nil for null. Columns count from 0.
  public func text(_ column: Int) throws(StoreError) -> String? {
    guard column >= 0, column < Int(PQnfields(result)) else {
      throw StoreError(.malformed, "postgresql: reading column \(column) failed: the answer has \(PQnfields(result))")
    }
    guard PQgetisnull(result, row, Int32(column)) == 0, let bytes = PQgetvalue(result, row, Int32(column)) else {
      return nil
    }
    return String(cString: bytes)
  }

  public func int(_ column: Int) throws(StoreError) -> Int64? {
    try read(column, as: "an integer") { Int64($0) }
  }

  public func double(_ column: Int) throws(StoreError) -> Double? {
    try read(column, as: "a number") { Double($0) }
  }

  public func bool(_ column: Int) throws(StoreError) -> Bool? {
    try read(column, as: "a boolean") { $0 == "t" ? true : $0 == "f" ? false : nil }
  }

  private func read<Value>(
    _ column: Int, as kind: String, _ convert: (String) -> Value?
  ) throws(StoreError) -> Value? {
    guard let text = try text(column) else { return nil }
    guard let value = convert(text) else {
      let name = PQfname(result, Int32(column)).map { String(cString: $0) } ?? "\(column)"
      throw StoreError(.malformed, "postgresql: reading column \(name) failed: it is not \(kind)")
    }
    return value
  }
}
