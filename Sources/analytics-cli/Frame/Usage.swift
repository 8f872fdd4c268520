import ArgumentParser
import Attribution
import Foundation
import Journeys
import Models

/// Runs what reads an option's text; what it throws is wrong usage (exit 64), not a failure.
func usage<Value>(_ read: () throws(JourneyError) -> Value) throws -> Value {
  do {
    return try read()
  } catch {
    throw ValidationError(error.message)
  }
}

/// The same for a question about journeys: a name or a setting that does not fit is the user's, anything else a failure.
func usage<Value>(_ ask: () throws(AttributionError) -> Value) throws -> Value {
  do {
    return try ask()
  } catch  where [.unknownName, .invalidQuery, .unsupported].contains(error.code) {
    throw ValidationError(error.message)
  }
}

/// The same for criteria of segments and settings of models.
func usage<Value>(_ ask: () throws(ModelError) -> Value) throws -> Value {
  do {
    return try ask()
  } catch  where [.malformedCriteria, .invalidSetting].contains(error.code) {
    throw ValidationError(error.message)
  }
}

/// The names in a list with commas, blanks around them dropped.
func names(_ list: String) -> [String] {
  list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
}

extension ExitCode {
  /// Done, but some input was rejected: how much, why and where was said on stderr.
  static let someRejected = ExitCode(3)
}

/// `--journeys DIR`, in every command that reads a journey store.
struct StoreOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The journey store, as 'import' or 'snapshot' wrote it.", valueName: "directory"))
  var journeys: String

  func open() throws -> JourneyStore { try JourneyStore(URL(filePath: journeys)) }
}

/// `--timezone NAME`, in every command that cuts days, weeks or hours.
struct TimeZoneOptions: ParsableArguments {
  @Option(help: "Time zone in which days, weeks and hours are cut (default: Asia/Dhaka).")
  var timezone: String?

  func calendar(_ settings: Settings) throws -> ZonedCalendar {
    let name = settings.optional(.timeZone, flag: timezone) ?? "Asia/Dhaka"
    return try usage { () throws(JourneyError) in try ZonedCalendar(name) }
  }
}
