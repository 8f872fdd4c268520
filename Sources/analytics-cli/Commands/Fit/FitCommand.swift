import ArgumentParser

struct FitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "A learner on anybody's table: CSV or NumPy files.",
    discussion: """
      Examples:
        analytics-cli fit logistic --table telco.csv --label Churn --positive Yes --drop customerID \\
          --numeric SeniorCitizen,tenure,MonthlyCharges,TotalCharges --test-every 5
        analytics-cli fit boosting --table telco.csv --label Churn --positive Yes --drop customerID \\
          --numeric SeniorCitizen,tenure,MonthlyCharges,TotalCharges --test-every 5 --set trees=200
        analytics-cli fit bg-nbd --table rfm.csv --columns x=x,t_x=tx_days,T=T_days,zbar=zbar --per 7
      """,
    subcommands: [
      FitLogisticCommand.self, FitBoostingCommand.self, FitBetaGeometricCommand.self,
      FitModifiedBetaGeometricCommand.self, FitParetoCommand.self, FitBetaBernoulliCommand.self,
      FitGammaGammaCommand.self, FitKMeansCommand.self, FitSendTimeCommand.self,
    ])
}

/// Runs work and notes how long it took.
func measured<Value>(_ seconds: inout Double?, _ work: () async throws -> Value) async rethrows -> Value {
  let start = ContinuousClock.now
  let value = try await work()
  seconds = (ContinuousClock.now - start) / .seconds(1)
  return value
}

func measured<Value>(_ seconds: inout Double?, _ work: () throws -> Value) rethrows -> Value {
  let start = ContinuousClock.now
  let value = try work()
  seconds = (ContinuousClock.now - start) / .seconds(1)
  return value
}
