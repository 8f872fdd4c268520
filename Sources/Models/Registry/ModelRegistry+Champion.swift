import Foundation

extension ModelRegistry {
  /// `champion.json`: the version that scores, and those that scored before it, latest first.
  struct ChampionPointer: Codable, Equatable {
    var version: String
    var previous: [String]
  }

  /// The champion of a task with its card; nil when none was promoted yet.
  ///
  /// - Throws: `.foreignModel` when the pointer or the version it names is damaged.
  public func champion(task: String) throws(ModelError) -> ModelEntry? {
    try Self.checkName(task, "task")
    guard let pointer = try championPointer(task) else { return nil }
    return try show(task: task, version: pointer.version)
  }

  /// Makes a version the champion. It is read and checked first: a damaged one never scores.
  ///
  /// - Throws: `.unknownName`, `.foreignModel`, `.unwritable`.
  public func promote(task: String, version: String) throws(ModelError) {
    _ = try show(task: task, version: version)
    try changeChampion(task) { pointer in
      guard let pointer else { return ChampionPointer(version: version, previous: []) }
      guard pointer.version != version else { return pointer }
      return ChampionPointer(version: version, previous: [pointer.version] + pointer.previous.filter { $0 != version })
    }
  }

  /// Makes the champion before the present one the champion again.
  ///
  /// - Returns: its version.
  /// - Throws: `.unknownName` when there was none, `.foreignModel` when it is damaged by now.
  @discardableResult
  public func rollback(task: String) throws(ModelError) -> String {
    try Self.checkName(task, "task")
    return try changeChampion(task) { pointer throws(ModelError) in
      guard let pointer, let version = pointer.previous.first else {
        throw ModelError(.unknownName, "models: '\(task)' has no earlier champion to roll back to")
      }
      _ = try show(task: task, version: version)
      return ChampionPointer(version: version, previous: Array(pointer.previous.dropFirst()))
    }.version
  }

  func championPointer(_ task: String) throws(ModelError) -> ChampionPointer? {
    let url = championFile(task)
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    guard let data = FileManager.default.contents(atPath: url.path),
      let pointer = try? JSONDecoder().decode(ChampionPointer.self, from: data), Self.isVersion(pointer.version)
    else {
      throw ModelError(
        .foreignModel, "models: \(url.path) is damaged; remove it and promote a version again")
    }
    return pointer
  }

  private func championFile(_ task: String) -> URL { taskDirectory(task).appending(path: "champion.json") }

  @discardableResult
  private func changeChampion(
    _ task: String, _ change: (ChampionPointer?) throws(ModelError) -> ChampionPointer
  ) throws(ModelError) -> ChampionPointer {
    let lock = try TaskLock(taskDirectory(task))
    defer { lock.release() }
    let old = try championPointer(task)
    let new = try change(old)
    guard new != old else { return new }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    guard let data = try? encoder.encode(new) else {
      throw ModelError(.unwritable, "models: the champion of '\(task)' cannot be written")
    }
    try DurableFiles.write(data, replacing: championFile(task))
    return new
  }
}
