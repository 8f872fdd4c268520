import Foundation
import Journeys

/// Models by task and version in a directory, and which of them is the champion that scores.
///
///     models/churn/20240415T031500Z-1c291ca3/{model.json,card.json}, and what model.json names, as boosting.txt
///     models/churn/champion.json
///
/// A version is the time of registration and the CRC-32 of all its files, so damage shows by the name. Files are
/// written to a temporary name, synced and renamed: a reader sees a whole version or none, whenever the writer was
/// killed. Writers of one task wait for each other on a file lock, which ends with its process.
public struct ModelRegistry: Sendable {
  public let directory: URL

  public init(directory: URL) { self.directory = directory }

  /// Adds a version; it scores only when it is promoted.
  ///
  /// The same model and card registered twice in a second are one version.
  ///
  /// - Parameter parts: files beside `model.json`, which it names.
  /// - Returns: the version's name.
  /// - Throws: `ModelError` `.unwritable`, `.unknownName` for a task name that cannot be a directory.
  @discardableResult
  public func register(
    task: String, model: some Encodable, parts: [String: Data] = [:], card: ModelCard, now: Date = Date()
  ) throws -> String {
    try Self.checkName(task, "task")
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let files = parts.merging([
      Self.modelFile: try encoder.encode(model), Self.cardFile: try encoder.encode(card),
    ]) { $1 }
    let version = Self.versionName(now, files)
    let lock = try TaskLock(taskDirectory(task))
    defer { lock.release() }
    // Whoever left these is gone: it would hold the lock.
    DurableFiles.removeTemporaries(in: taskDirectory(task))
    try DurableFiles.write(files, toNew: path(task, version))
    return version
  }

  /// Adds the model of a task.
  @discardableResult
  public func register(_ model: TaskModel, card: ModelCard, now: Date = Date()) throws -> String {
    try register(task: model.task.name, model: model, parts: model.parts, card: card, now: now)
  }

  /// All versions of all tasks, oldest first; damaged ones with their problem.
  ///
  /// - Throws: `.unreadable` when the directory is there but cannot be read. An absent one has no models.
  public func list() throws(ModelError) -> [ModelEntry] {
    guard FileManager.default.fileExists(atPath: directory.path) else { return [] }
    guard let tasks = try? FileManager.default.contentsOfDirectory(atPath: directory.path) else {
      throw ModelError(.unreadable, "models: the registry \(directory.path) cannot be read")
    }
    var entries: [ModelEntry] = []
    for task in tasks.sorted() where Self.isName(task) {
      let champion = try? championPointer(task)
      let versions = (try? FileManager.default.contentsOfDirectory(atPath: taskDirectory(task).path)) ?? []
      for version in versions.sorted() where Self.isVersion(version) {
        entries.append(entry(task, version, isChampion: champion?.version == version))
      }
    }
    return entries
  }

  /// One version with its card.
  ///
  /// - Throws: `.unknownName`, `.foreignModel` when a file is damaged.
  public func show(task: String, version: String) throws(ModelError) -> ModelEntry {
    try checkExists(task, version)
    let champion = try championPointer(task)
    let entry = entry(task, version, isChampion: champion?.version == version)
    if let problem = entry.problem { throw ModelError(.foreignModel, problem) }
    return entry
  }

  /// The model of a version.
  ///
  /// - Throws: `.unknownName`, `.foreignModel` when a file is damaged or holds another learner's model.
  public func load<Model: Decodable>(_ type: Model.Type, task: String, version: String) throws(ModelError) -> Model {
    try checkExists(task, version)
    let files = try verifiedFiles(task, version)
    let decoder = JSONDecoder()
    if let key = ModelParts.key { decoder.userInfo[key] = files }
    do {
      return try decoder.decode(type, from: files[Self.modelFile] ?? Data())
    } catch {
      let reason = (error as? ModelError)?.message ?? "it is no such model; train it again"
      throw ModelError(.foreignModel, "models: \(path(task, version).path)/\(Self.modelFile): \(reason)")
    }
  }

  // MARK: Files

  static let modelFile = "model.json"
  static let cardFile = "card.json"

  func taskDirectory(_ task: String) -> URL { directory.appending(path: task, directoryHint: .isDirectory) }

  func path(_ task: String, _ version: String) -> URL {
    taskDirectory(task).appending(path: version, directoryHint: .isDirectory)
  }

  func checkExists(_ task: String, _ version: String) throws(ModelError) {
    try Self.checkName(task, "task")
    guard Self.isVersion(version), FileManager.default.fileExists(atPath: path(task, version).path) else {
      throw ModelError(
        .unknownName,
        "models: \(directory.path) has no version '\(version)' of '\(task)'; 'models list' names those there are")
    }
  }

  private func entry(_ task: String, _ version: String, isChampion: Bool) -> ModelEntry {
    var entry = ModelEntry(task: task, version: version, isChampion: isChampion)
    do throws(ModelError) {
      let card = try verifiedFiles(task, version)[Self.cardFile]
      entry.card = try? JSONDecoder().decode(ModelCard.self, from: card ?? Data())
      if entry.card == nil {
        entry.problem = "models: \(path(task, version).path)/\(Self.cardFile) is no model card; remove the version"
      }
    } catch {
      entry.problem = error.message
    }
    return entry
  }

  /// All files, when they are those that were registered.
  private func verifiedFiles(_ task: String, _ version: String) throws(ModelError) -> [String: Data] {
    let url = path(task, version)
    var files: [String: Data] = [:]
    for name in (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? [] where !name.hasPrefix(".") {
      files[name] = FileManager.default.contents(atPath: url.appending(path: name).path)
    }
    guard files[Self.modelFile] != nil, files[Self.cardFile] != nil else {
      throw ModelError(
        .foreignModel, "models: \(url.path) lacks a readable \(Self.modelFile) or \(Self.cardFile); remove the version")
    }
    guard version.hasSuffix(Self.checksum(files)) else {
      throw ModelError(
        .foreignModel,
        "models: \(url.path) does not have the checksum of its name: it was changed or damaged; remove it")
    }
    return files
  }

  // MARK: Names

  private static func versionName(_ now: Date, _ files: [String: Data]) -> String {
    let format = Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted, timeZone: .gmt)
    return "\(now.formatted(format))-\(checksum(files))"
  }

  /// Of the model, the card and the others by name, one after the other.
  private static func checksum(_ files: [String: Data]) -> String {
    let others = files.keys.filter { $0 != modelFile && $0 != cardFile }.sorted()
    let crc = ([modelFile, cardFile] + others).reduce(UInt32(0)) { crc, name in
      (files[name] ?? Data()).withUnsafeBytes { CRC32.of($0, after: crc) }
    }
    let digits = String(crc, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  static func isVersion(_ name: String) -> Bool { name.wholeMatch(of: /\d{8}T\d{6}Z-[0-9a-f]{8}/) != nil }

  private static func isName(_ name: String) -> Bool { name.wholeMatch(of: /[a-z0-9][a-z0-9_-]{0,63}/) != nil }

  static func checkName(_ name: String, _ what: String) throws(ModelError) {
    guard isName(name) else {
      throw ModelError(
        .unknownName, "models: '\(name)' cannot name a \(what): small letters, digits, '-' and '_' only")
    }
  }
}

/// A version in the registry.
public struct ModelEntry: Sendable, Equatable {
  public var task: String
  public var version: String
  public var isChampion: Bool
  /// Nil when the version is damaged.
  public var card: ModelCard?
  /// What is wrong with it and what to do.
  public var problem: String?
}
