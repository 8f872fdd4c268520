import ArgumentParser
import Foundation
import Journeys
import Models

struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Models of customers: train, validate on a later time, register with a card.",
    discussion: """
      Fits candidates on the earliest window, chooses and calibrates on the middle one, reports on the last:

        history ─► │ fit labels │ tune labels │ report labels │
                   └ -3 horizons┘ -2 horizons ┘ -1 horizon    ┘ --as-of

      With less history than four horizons, fit and tune share the moment -2 horizons and divide its customers. The \
      first model of a task becomes the champion; a later one when it is better on the last window by more than chance \
      (paired bootstrap over customers, 95 %), or with --force.

      Examples:
        analytics-cli train churn --journeys journeys --as-of 2024-07-01 --horizon 90d
        analytics-cli train next-purchase --journeys journeys --as-of 2024-07-01
        analytics-cli train ltv --journeys journeys --as-of 2024-07-01 --discount 0.12
      """,
    subcommands: [
      TrainChurnCommand.self, TrainNextPurchaseCommand.self, TrainLifetimeValueCommand.self, TrainSendTimeCommand.self,
    ])
}

struct TrainChurnCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "churn",
    abstract: "Who will not buy within the horizon?",
    discussion: """
      Candidates: logistic regression and gradient boosting on behaviour before the horizon, calibrated. Customers \
      count from their first purchase on. Settings: C, tolerance, maximumIterations; trees, leaves, learningRate, \
      minSamplesLeaf, bins, l2Regularization; seed, threads.

      Examples:
        analytics-cli train churn --journeys journeys --as-of 2024-07-01 --horizon 90d
        analytics-cli train churn --journeys journeys --as-of 2024-05-01 --horizon 30d --force --format json
        analytics-cli train churn --journeys journeys --as-of 2024-05-01 --candidates logistic --set C=0.1
      """)

  @Option(help: "How far a label looks ahead.")
  var horizon = "90d"

  @OptionGroup var training: TrainingOptions

  func run() async throws { try await training.run(.churn, horizon: horizon) }
}

struct TrainNextPurchaseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "next-purchase",
    abstract: "Who will buy within the horizon?",
    discussion: """
      As 'train churn', for everybody known by any event, buyers or not.

      Example:
        analytics-cli train next-purchase --journeys journeys --as-of 2024-07-01 --horizon 14d
      """)

  @Option(help: "How far a label looks ahead.")
  var horizon = "30d"

  @OptionGroup var training: TrainingOptions

  func run() async throws { try await training.run(.nextPurchase, horizon: horizon) }
}

struct TrainLifetimeValueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ltv",
    abstract: "What will customers spend, within the horizon and in all their life?",
    discussion: """
      Candidates: bg-nbd (BG/NBD and Gamma-Gamma), boosting (Tweedie loss) and their stack, for the revenue of the \
      horizon. The lifetime value adds what BG/NBD expects after it; money to come is discounted. Settings: trees, \
      leaves, learningRate, minSamplesLeaf, bins, l2Regularization; seed, threads.

      Example:
        analytics-cli train ltv --journeys journeys --as-of 2024-07-01 --horizon 90d --discount 0.15
      """)

  @Option(help: "How far a label looks ahead.")
  var horizon = "90d"

  @Option(help: "What money loses in value in a year: 0.15 for 15 %.")
  var discount = 0.15

  @OptionGroup var training: TrainingOptions

  func validate() throws {
    if !(discount > 0 && discount.isFinite) { throw ValidationError("--discount must be above 0, such as 0.15") }
  }

  func run() async throws { try await training.run(.lifetimeValue, horizon: horizon, discount: discount) }
}
