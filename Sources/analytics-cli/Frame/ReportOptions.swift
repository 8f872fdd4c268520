import ArgumentParser

/// `--format` alone, for commands whose `--output` names what they make; their report goes to stdout.
struct ReportOptions: ParsableArguments {
  @Option(help: "How the report is written (default: table on a terminal, json otherwise).")
  var format: OutputOptions.Format?

  func write(_ answer: some Answer) throws {
    var options = OutputOptions()
    options.format = format
    options.output = nil
    try options.write(answer)
  }
}
