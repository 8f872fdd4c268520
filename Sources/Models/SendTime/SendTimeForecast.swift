/// What a model knows of one customer's hours.
public struct SendTimeForecast: Sendable, Equatable {
  /// P(open) of a message by the hour it is sent at: the posterior mean, so the best guess of a rate to come.
  public let probabilities: [Double]
  /// The best of them.
  public let hour: Int
  /// What the customer would open at the hour that is best for everyone.
  public let commonProbability: Double
  /// Posterior standard deviation of the gain over that hour: how little is known.
  public let gainDeviation: Double
  /// What it is based on.
  public let sends: Int
  public let opens: Int
  public let sessions: Int

  public var openProbability: Double { probabilities[hour] }
  public var gain: Double { openProbability - commonProbability }

  /// The probabilities as shares: when opens would come if messages went out evenly over the hours; sums to 1.
  public var distribution: [Double] {
    let sum = probabilities.reduce(0, +)
    return probabilities.map { $0 / sum }
  }
}

/// Makes forecasts with a model.
public struct SendTimeForecaster: Sendable {
  public let model: SendTimeModel
  /// The best hour of a customer of whom nothing is known.
  public let commonHour: Int
  let tables: SendTimeTables

  public init(_ model: SendTimeModel) {
    self.model = model
    tables = SendTimeTables(model)
    commonHour = Self.best(model.prior)
  }

  static func best(_ probabilities: [Double]) -> Int {
    probabilities.indices.reduce(0) { probabilities[$1] > probabilities[$0] ? $1 : $0 }
  }

  /// The forecasts of some customers, in their order.
  ///
  /// - Parameter fold: sends of this part are not looked at.
  /// - Cost: rhythms x levels multiplications for each hour of each customer.
  /// - Precondition: histories and model have hours of the same period.
  public func forecasts(
    of customers: some Sequence<Int>, in histories: SendHistories, without fold: Int? = nil
  ) -> [SendTimeForecast] {
    precondition(histories.hours == model.hours, "hours of one period")
    let (hours, states) = (model.hours, tables.layout.states)
    var result: [SendTimeForecast] = []
    result.reserveCapacity(customers.underestimatedCount)
    tables.openProbability.withUnsafeBufferPointer { open in
      tables.posteriors(of: customers, in: histories, without: fold) { customer, posterior, _ in
        let probabilities = [Double](unsafeUninitializedCapacity: hours) { buffer, count in
          for hour in 0..<hours { buffer[hour] = Self.product(posterior, open, hour * states) }
          count = hours
        }
        let hour = Self.best(probabilities)
        var square = 0.0
        for state in 0..<states {
          let gain = open[hour * states + state] - open[commonHour * states + state]
          square += posterior[state] * gain * gain
        }
        let gain = probabilities[hour] - probabilities[commonHour]
        let rows = histories.sends(of: customer).lazy.map { SendHistories.Send(packed: histories.sends[$0]) }
          .filter { $0.fold != fold }
        result.append(
          SendTimeForecast(
            probabilities: probabilities, hour: hour, commonProbability: probabilities[commonHour],
            gainDeviation: max(0, square - gain * gain).squareRoot(), sends: rows.reduce(0) { count, _ in count + 1 },
            opens: rows.reduce(0) { $0 + ($1.isOpened ? 1 : 0) }, sessions: histories.sessions(of: customer).count))
      }
    }
    return result
  }

  /// Four sums, because the additions of a single one wait for each other.
  @inline(__always) private static func product(
    _ weights: UnsafeBufferPointer<Double>, _ table: UnsafeBufferPointer<Double>, _ row: Int
  ) -> Double {
    var (first, second, third, fourth) = (0.0, 0.0, 0.0, 0.0)
    let whole = weights.count & ~3
    for state in stride(from: 0, to: whole, by: 4) {
      first += weights[state] * table[row + state]
      second += weights[state + 1] * table[row + state + 1]
      third += weights[state + 2] * table[row + state + 2]
      fourth += weights[state + 3] * table[row + state + 3]
    }
    var sum = first + second + (third + fourth)
    for state in whole..<weights.count { sum += weights[state] * table[row + state] }
    return sum
  }
}
