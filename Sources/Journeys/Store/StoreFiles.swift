import Foundation

/// Finds a store's columns on disk and holds them against the manifest.
struct StoreFiles {
  static let manifestName = "manifest.json"

  let directory: URL
  let manifest: StoreManifest

  func column<Element: NpyElement>(_ name: String, count: Int) throws(JourneyError) -> Column<Element> {
    let column: Column<Element> = try open(try entry(name).file)
    guard column.count == count, try entry(name).count == count else {
      throw JourneyError(
        .damagedStore,
        "open journey store \(directory.path): column \(name) has \(column.count) elements, expected \(count); "
          + "create the store again")
    }
    return column
  }

  /// Places in another column must begin at 0, never go back and end where that column ends: whoever follows them must
  /// not leave the file.
  func checkOffsets(_ offsets: Column<Int64>, _ name: String, end: Int?) throws(JourneyError) {
    var isRising = offsets[0] == 0
    for place in 1..<offsets.count where offsets[place] < offsets[place - 1] { isRising = false }
    guard isRising, end.map({ offsets[offsets.count - 1] == $0 }) ?? true else {
      throw JourneyError(
        .damagedStore,
        "open journey store \(directory.path): column \(name) is damaged: its places do not rise from 0 to the end; "
          + "create the store again")
    }
  }

  /// Nil for columns that are no property: places, bytes and times.
  func property(_ column: StoreManifest.Column) throws(JourneyError) -> JourneyStore.Property? {
    switch column.kind {
    case .dictionary: .names(try self.column(column.name, count: manifest.events), try names(column.name))
    case .money: .money(try self.column(column.name, count: manifest.events))
    case .integer: .integers(try self.column(column.name, count: manifest.events))
    case .timestamp, .bytes, .offsets: nil
    }
  }

  func names(_ name: String) throws(JourneyError) -> NameTable {
    let entry = try entry(name)
    if let names = entry.dictionary { return NameTable(names) }
    guard let files = entry.dictionaryFiles else {
      throw JourneyError(.damagedStore, "open journey store \(directory.path): column \(name) has no dictionary")
    }
    let bytes: Column<UInt8> = try open(files.bytes)
    let offsets: Column<Int64> = try open(files.offsets)
    guard offsets.count == files.count + 1, offsets[files.count] == bytes.count else {
      throw JourneyError(.damagedStore, "open journey store \(directory.path): the dictionary of \(name) is damaged")
    }
    return NameTable(bytes: bytes, offsets: offsets)
  }

  private func entry(_ name: String) throws(JourneyError) -> StoreManifest.Column {
    guard let entry = manifest.columns.first(where: { $0.name == name }) else {
      throw JourneyError(
        .damagedStore, "open journey store \(directory.path): column \(name) is missing; create the store again")
    }
    return entry
  }

  /// Only names of this directory: a manifest cannot make us read elsewhere.
  private func open<Element: NpyElement>(_ file: String) throws(JourneyError) -> Column<Element> {
    guard !file.contains("/") else {
      throw JourneyError(.damagedStore, "open journey store \(directory.path): a column's file lies outside of it")
    }
    return try Column(npy: directory.appending(path: file))
  }
}
