import ArgumentParser
import Foundation
import Models

/// `fit bg-nbd` and its siblings: the models differ in what they assume, not in how they are asked.
protocol FitCustomerCommand: AsyncParsableCommand {
  static var learner: CustomerLearner { get }
  var options: CustomerFitOptions { get }
}

extension FitCustomerCommand {
  static func describe(_ abstract: String, _ columns: String) -> CommandConfiguration {
    CommandConfiguration(
      commandName: learner.rawValue, abstract: abstract,
      discussion: """
        Maximum likelihood with standard errors, over distinct histories. Columns: x repeat purchases, t_x the time of \
        the last one, T the time under observation, zbar the mean value of a purchase (then Gamma-Gamma is fitted \
        beside it), weight how many customers a row stands for, n the occasions of bg-bb.

        Example:
          analytics-cli fit \(learner.rawValue) --table rfm.csv --columns \(columns) --model \(learner.rawValue).json
        """)
  }

  func run() async throws { try await options.run(Self.learner) }
}

struct CustomerFitOptions: ParsableArguments {
  @Option(help: ArgumentHelp("CSV file, .npy matrix, or a directory with a .npy file a column.", valueName: "file"))
  var table: String

  @Option(help: ArgumentHelp("Which column is what, such as x=frequency,t_x=recency,T=age.", valueName: "x=…,…"))
  var columns: String

  @Option(help: "Divide times by this: 7 makes weeks of days.")
  var per = 1.0

  @OptionGroup var separator: DelimiterOptions

  @Option(help: ArgumentHelp("Write the model here as JSON.", valueName: "file"))
  var model: String?

  @OptionGroup var answer: OutputOptions

  func run(_ learner: CustomerLearner) async throws {
    let roles = try tableUsage { () throws(ModelError) in try CustomerColumns(parsing: columns) }
    let progress = Progress("read", unit: "rows")
    var (read, fit): (Double?, Double?)
    let customers = try measured(&read) {
      try CustomerTable(table, columns: roles, per: per, delimiter: try separator.byte) { bytes, total, rows in
        try progress.update(share: total.map { Double(bytes) / Double(max($0, 1)) }, count: rows)
      }
    }
    progress.finish()
    let fitted = try await measured(&fit) {
      try await CustomerModel(fitting: customers, learner: learner, columns: roles, per: per)
    }
    if let model { try ModelFile.write(fitted, to: URL(filePath: model)) }
    for name in fitted.fit.unidentified {
      Stderr.print("fit \(learner.rawValue): the rows do not determine \(name): the customers are too few or too alike")
    }
    try answer.write(CustomerFitReport(fitted, seconds: .init(read: read ?? 0, fit: fit ?? 0)))
  }
}

/// A name or a setting that does not fit is the user's (exit 64), anything else a failure.
func tableUsage<Value>(_ ask: () throws(ModelError) -> Value) throws -> Value {
  do {
    return try ask()
  } catch  where [.unknownName, .invalidSetting].contains(error.code) {
    throw ValidationError(error.message)
  }
}

struct FitBetaGeometricCommand: FitCustomerCommand {
  static let learner = CustomerLearner.betaGeometric
  static let configuration = describe("BG/NBD (Fader, Hardie & Lee 2005).", "x=x,t_x=t_x,T=T,zbar=zbar --per 7")
  @OptionGroup var options: CustomerFitOptions
}

struct FitModifiedBetaGeometricCommand: FitCustomerCommand {
  static let learner = CustomerLearner.modifiedBetaGeometric
  static let configuration = describe("MBG/NBD (Batislam, Denizel & Filiztekin 2007).", "x=x,t_x=t_x,T=T")
  @OptionGroup var options: CustomerFitOptions
}

struct FitParetoCommand: FitCustomerCommand {
  static let learner = CustomerLearner.pareto
  static let configuration = describe("Pareto/NBD (Schmittlein, Morrison & Colombo 1987).", "x=x,t_x=t_x,T=T")
  @OptionGroup var options: CustomerFitOptions
}

struct FitBetaBernoulliCommand: FitCustomerCommand {
  static let learner = CustomerLearner.betaGeometricBetaBernoulli
  static let configuration = describe("BG/BB (Fader, Hardie & Shang 2010).", "x=x,t_x=t_x,n=n,weight=customers")
  @OptionGroup var options: CustomerFitOptions
}

struct FitGammaGammaCommand: FitCustomerCommand {
  static let learner = CustomerLearner.gammaGamma
  static let configuration = describe("Gamma-Gamma spend (Fader & Hardie 2013).", "x=x,zbar=zbar")
  @OptionGroup var options: CustomerFitOptions
}

extension CustomerFitReport: Answer {
  var table: TextTable {
    var table = TextTable(["model", "parameter", "value", "standard error"])
    func rows(_ name: String, _ part: CustomerModel.Part) -> [[TextTable.Cell]] {
      part.parameters.sorted { $0.key < $1.key }.map { parameter, value in
        let error: TextTable.Cell = (part.standardErrors[parameter] ?? nil).map { .number($0, decimals: 6) } ?? .none
        return [.text(name), .text(parameter), .number(value, decimals: 6), error]
      }
    }
    table.rows = rows(model.learner.rawValue, model.fit)
    table.notes = [
      String(format: "log-likelihood %.4f of %.0f customers", model.fit.logLikelihood, model.fit.customers)
    ]
    if let spend = model.spend { table.rows += rows("gamma-gamma", spend) }
    return table
  }
}
