/// What a journey store holds: written last, read first (`manifest.json`).
public struct StoreManifest: Codable, Sendable, Equatable {
  public static let format = "journey-store"
  public static let version = 1

  /// How the elements of a column are to be read.
  public enum Kind: String, Codable, Sendable {
    /// int64 microseconds since 1970 UTC.
    case timestamp
    /// int64 minor units (1 BDT = 100); the smallest int64 for none.
    case money
    /// int64; the smallest int64 for none.
    case integer
    /// int32 codes into the column's dictionary, -1 for none.
    case dictionary
    /// uint8, cut by the offsets column beside it or by a fixed width.
    case bytes
    /// int64 places in another column.
    case offsets
  }

  public struct Column: Codable, Sendable, Equatable {
    public var name: String
    public var kind: Kind
    public var file: String
    /// NumPy's type name.
    public var type: String
    /// Elements in the file.
    public var count: Int
    /// CRC-32 (zlib's) of the whole file.
    public var crc32: UInt32
    /// The names of a dictionary column, when they are few.
    public var dictionary: [String]?
    /// Otherwise the `.npy` files of their UTF-8 bytes and of the offsets that cut them.
    public var dictionaryFiles: DictionaryFiles?

    enum CodingKeys: String, CodingKey {
      case name, kind, file, type, count, crc32, dictionary
      case dictionaryFiles = "dictionary_files"
    }
  }

  public struct DictionaryFiles: Codable, Sendable, Equatable {
    public var bytes: String
    public var offsets: String
    public var count: Int
  }

  /// Where the events came from, and what did not come along.
  public struct Source: Codable, Sendable, Equatable {
    /// `import`, `snapshot`.
    public var kind: String
    /// Files or collections that were read.
    public var names: [String]
    /// Events or lines that were read.
    public var read: Int
    /// Events dropped because their id had been seen.
    public var duplicates: Int
    /// Rejected events by error code.
    public var rejected: [String: Int]
    /// Amounts with more decimals than the currency has, rounded half to even.
    public var rounded: Int

    public init(
      kind: String, names: [String], read: Int = 0, duplicates: Int = 0, rejected: [String: Int] = [:], rounded: Int = 0
    ) {
      self.kind = kind
      self.names = names
      self.read = read
      self.duplicates = duplicates
      self.rejected = rejected
      self.rounded = rounded
    }
  }

  public var format = Self.format
  public var version = Self.version
  public var customers: Int
  public var events: Int
  /// Of the earliest and the latest event, microseconds since 1970 UTC; nil for an empty store.
  public var firstTimestamp: Int64?
  public var lastTimestamp: Int64?
  public var source: Source
  public var columns: [Column]
  /// CRC-32 over the columns' CRC-32 values in order, little endian: two stores with the same are the same.
  public var checksum: UInt32

  enum CodingKeys: String, CodingKey {
    case format, version, customers, events, source, columns, checksum
    case firstTimestamp = "first_timestamp"
    case lastTimestamp = "last_timestamp"
  }
}
