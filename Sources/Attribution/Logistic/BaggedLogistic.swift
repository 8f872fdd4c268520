extension PathTable {
  /// Bagged logistic regression (Shao & Li, "Data-driven multi-touch attribution models", KDD 2011), on a
  /// table of sets.
  ///
  /// Every bag takes each journey with probability 1/2 and a random half of the keys that occur (rounded up), and
  /// estimates `RidgeLogistic` with λ = 1, where the paper's regression without a ridge need not have an optimum. β̄_x
  /// is the mean over the bags that held x, 0 if none did. In every set key x is worth max(0, β̄_x); conversions and
  /// revenue of the set are divided in proportion, equally if all are 0. Of a number of journeys that is not whole, the
  /// fraction is in or out as if it were one journey.
  ///
  /// Standard errors are those of the bagging, by the jackknife over bags (each left out in turn).
  ///
  /// - Throws: `AttributionError` `.unsolvable`, as `RidgeLogistic`.
  /// - Complexity: bags · (Newton's steps of a regression on half of the keys + keys of all sets).
  package func baggedLogistic(seed: UInt64 = 0, bags: Int = 100) throws(AttributionError) -> KeyCredits {
    let bags = max(2, bags)
    let players = occurringKeys
    var random = SplitMix(seed: seed)
    var order = players.map { Int32($0) }
    var sum = Array(repeating: 0.0, count: keyCount)
    var held = sum
    // By bag: the keys that it held and their coefficients.
    var estimates: [[(key: Int, coefficient: Double)]] = []
    var conversions = Array(repeating: 0.0, count: count)
    var misses = conversions
    for _ in 0..<bags {
      for set in 0..<count {
        conversions[set] = random.half(of: credits[set].conversions)
        misses[set] = random.half(of: nulls[set])
      }
      random.shuffle(&order)
      let keys = order.prefix((order.count + 1) / 2).map { Int($0) }.sorted()
      let model = try RidgeLogistic(self, conversions: conversions, nulls: misses, keys: keys)
      for key in keys {
        sum[key] += model.coefficients[key]
        held[key] += 1
      }
      estimates.append(keys.map { ($0, model.coefficients[$0]) })
    }

    var worths = zip(sum, held).map { $1 > 0 ? max(0, $0 / $1) : 0 }
    func divided() -> [Credit] {
      var credits = Array(repeating: Credit.zero, count: keyCount)
      credits.divide(self) { set, parts in for key in self[set] { parts.append(worths[Int(key)]) } }
      return credits
    }
    let all = divided()
    let whole = worths
    var spread = Array(repeating: JackknifeSpread(), count: keyCount)
    for estimate in estimates {
      for (key, coefficient) in estimate {
        worths[key] = held[key] > 1 ? max(0, (sum[key] - coefficient) / (held[key] - 1)) : 0
      }
      for (key, credit) in divided().enumerated() { spread[key].add(credit) }
      for (key, _) in estimate { worths[key] = whole[key] }
    }
    return KeyCredits(all, standardErrors: spread.map(\.standardError))
  }
}

/// Running mean and squared deviations (Welford 1962) of estimates that each leave out one of their parts.
private struct JackknifeSpread {
  private var count = 0.0
  private var mean = SIMD2<Double>.zero
  private var squares = SIMD2<Double>.zero

  mutating func add(_ credit: Credit) {
    let value = SIMD2(credit.conversions, credit.revenue)
    count += 1
    let deviation = value - mean
    mean += deviation / count
    squares += deviation * (value - mean)
  }

  /// √((n - 1) / n · Σ (estimate - mean)²).
  var standardError: Credit {
    let error = (squares * (count - 1) / count).squareRoot()
    return Credit(conversions: error.x, revenue: error.y)
  }
}

extension SplitMix {
  /// How many of so many are taken when each is with probability 1/2; a fraction left over is taken whole or not.
  mutating func half(of number: Double) -> Double {
    let whole = number.rounded(.down)
    let fraction = number - whole
    var taken = fraction > 0 && next() & 1 == 1 ? fraction : 0
    if whole <= 0x1p16 {
      taken += Double(bits(Int(whole)))
    } else {
      // From here on the binomial is a normal distribution to any eye, and 2¹⁶ coins thrown are one too.
      let deviation = (Double(bits(1 << 16)) - 0x1p15) / 0x1p7
      taken += min(whole, max(0, (whole / 2 + deviation * whole.squareRoot() / 2).rounded()))
    }
    return taken
  }

  /// Heads among coins.
  private mutating func bits(_ coins: Int) -> Int {
    var heads = 0
    for _ in 0..<(coins / 64) { heads += next().nonzeroBitCount }
    if coins % 64 > 0 { heads += (next() & (1 << UInt64(coins % 64) - 1)).nonzeroBitCount }
    return heads
  }
}
