import ArgumentParser
import Foundation

/// An answer to a question: JSON by its `Encodable`, tables and CSV by its table.
protocol Answer: Encodable {
  var table: TextTable { get }
}

/// `--format` and `--output`, in every command that answers with data.
struct OutputOptions: ParsableArguments {
  enum Format: String, CaseIterable, ExpressibleByArgument { case table, json, csv }

  @Option(help: "How the answer is written (default: table on a terminal, json otherwise).")
  var format: Format?

  @Option(help: ArgumentHelp("Write the answer to a file instead of stdout.", valueName: "file"))
  var output: String?

  var effectiveFormat: Format { format ?? (output == nil && isatty(1) == 1 ? .table : .json) }

  func write(_ answer: some Answer) throws {
    let text =
      switch effectiveFormat {
      case .table: answer.table.text
      case .csv: answer.table.csv
      case .json: try Self.json(answer)
      }
    // Not to be cancelled: a command that was stopped still says what it has done.
    let file = try StreamedFile(output ?? "-")
    try Array(text.utf8).withUnsafeBytes { try file.write($0) }
    try file.finish()
  }

  private static func json(_ answer: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(answer), as: UTF8.self) + "\n"
  }
}

struct OutputError: Error, CustomStringConvertible {
  let path: String
  /// What the system says of it, if it was asked.
  var errno: Int32?

  var description: String {
    let reason = errno.map { String(cString: strerror($0)) } ?? "the file cannot be created or written"
    return "write \(path == "-" ? "stdout" : path): \(reason); name another with --output"
  }
}
