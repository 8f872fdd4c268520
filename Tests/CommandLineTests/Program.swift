import Foundation
import TestSupport

/// The built `analytics-cli`, run as a user runs it.
struct Program {
  struct Run {
    let status: Int32
    let output: Data
    let errors: String

    /// The answer as JSON.
    func json() throws -> [String: Any] {
      try JSONSerialization.jsonObject(with: output) as? [String: Any] ?? [:]
    }

    var text: String { String(decoding: output, as: UTF8.self) }
  }

  /// Both streams go to files of this directory: pipes would have to be emptied while the program runs.
  let folder: TemporaryDirectory
  var environment: [String: String] = [:]

  init() throws { folder = try TemporaryDirectory() }

  func run(_ arguments: String...) throws -> Run { try run(arguments) }

  func run(_ arguments: [String]) throws -> Run {
    let process = process(arguments)
    let name = UUID().uuidString
    let (output, errors) = (try stream("\(name).out"), try stream("\(name).err"))
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return Run(
      status: process.terminationStatus, output: try Data(contentsOf: folder.url.appending(path: "\(name).out")),
      errors: String(decoding: try Data(contentsOf: folder.url.appending(path: "\(name).err")), as: UTF8.self))
  }

  /// The program with its arguments, not yet running.
  func process(_ arguments: [String]) -> Process {
    let process = Process()
    // Tests and programs are built into one directory.
    process.executableURL = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appending(path: "analytics-cli")
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.currentDirectoryURL = folder.url
    return process
  }

  private func stream(_ name: String) throws -> FileHandle {
    try FileHandle(forWritingTo: URL(filePath: folder.file(name, "")))
  }
}
