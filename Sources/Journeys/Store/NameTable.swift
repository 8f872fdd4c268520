/// The names behind the codes of a dictionary column: code `i` means name `i`.
public struct NameTable: Sendable {
  private enum Storage: Sendable {
    case inline([String])
    /// For dictionaries too long for the manifest: UTF-8 bytes one after the other, cut by offsets.
    case mapped(bytes: Column<UInt8>, offsets: Column<Int64>)
  }

  private let storage: Storage
  private let codes: [String: Int32]?

  init(_ names: [String]) {
    storage = .inline(names)
    codes = Dictionary(zip(names, Int32(0)...), uniquingKeysWith: { first, _ in first })
  }

  init(bytes: Column<UInt8>, offsets: Column<Int64>) {
    storage = .mapped(bytes: bytes, offsets: offsets)
    codes = nil
  }

  public var count: Int {
    switch storage {
    case .inline(let names): names.count
    case .mapped(_, let offsets): offsets.count - 1
    }
  }

  public subscript(code: Int32) -> String {
    switch storage {
    case .inline(let names): names[Int(code)]
    case .mapped(let bytes, let offsets):
      String(decoding: bytes.buffer[Int(offsets[Int(code)])..<Int(offsets[Int(code) + 1])], as: UTF8.self)
    }
  }

  /// The code of a name, nil when no event has it. A short dictionary is hashed, a long one is searched.
  public func code(of name: String) -> Int32? {
    if let codes { return codes[name] }
    return (0..<Int32(count)).first { self[$0] == name }
  }

  public var names: [String] { (0..<Int32(count)).map { self[$0] } }
}
