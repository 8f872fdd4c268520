import Attribution
import Foundation
import Testing

private func proportion(_ hits: Int, _ count: Int) -> ExperimentGroup {
  ExperimentGroup(count: count, sum: Double(hits))
}

private func decode(_ json: String) throws -> ABTestQuery {
  try JSONDecoder().decode(ABTestQuery.self, from: Data(json.utf8))
}

@Suite("A/B tests") struct ABTestTests {
  /// gbstats 0.8.0 (GrowthBook).
  @Test("Fixed horizon, sequential and Bayes of one proportion") func proportions() throws {
    var query = ABTestQuery(.proportion, control: proportion(87, 1529), test: proportion(62, 1471))
    query.difference = .absolute
    let welch = try query.result()
    #expect(close(try #require(welch.estimate), -0.014751736093357566))
    #expect(close(try #require(welch.pValue), 0.06223170962711522))
    #expect(close(try #require(welch.interval)[0], -0.03025807566509134))
    #expect(close(try #require(welch.interval)[1], 0.000754603478376208, 1e-7))

    query.difference = .relative
    query.method = .sequential
    #expect(close(try #require(query.result().pValue), 0.3500023740750112))
    query.method = .bayes
    let bayes = try query.result()
    #expect(close(try #require(bayes.chanceToWin), 0.015440381021775135))
    #expect(close(try #require(bayes.risk)[0], 0.000659835671962279))
    #expect(close(try #require(bayes.risk)[1], 0.25991735850809694))
  }

  @Test("A ratio whose denominator is the customer is the mean") func ratioOfCustomers() throws {
    let groups = [(250, 700.0, 5200.5), (260, 900.0, 8000.0)]
    let means = groups.map { ExperimentGroup(count: $0.0, sum: $0.1, sumSquares: $0.2) }
    let ratios = groups.map {
      ExperimentGroup(
        count: $0.0, sum: $0.1, sumSquares: $0.2, denominatorSum: Double($0.0), denominatorSumSquares: Double($0.0),
        cross: $0.1)
    }
    let mean = try ABTestQuery(.mean, control: means[0], test: means[1]).result()
    let ratio = try ABTestQuery(.ratio, control: ratios[0], test: ratios[1]).result()
    #expect(close(try #require(mean.estimate), try #require(ratio.estimate), 1e-12))
    #expect(close(try #require(mean.pValue), try #require(ratio.pValue), 1e-12))
  }

  @Test("A prior as strong as the data halves the difference") func prior() throws {
    var query = ABTestQuery(
      .proportion, control: proportion(400, 1000), test: proportion(500, 1000), method: .bayes, difference: .absolute)
    let flat = try query.result()
    let error = try #require(flat.standardError)
    query.prior = .init(mean: 0, variance: error * error)
    #expect(close(try #require(query.result().estimate), try #require(flat.estimate) / 2))
  }

  @Test("The loss of choosing the worse group keeps its digits when it is all but sure") func tinyRisk() throws {
    let query = ABTestQuery(
      .proportion, control: proportion(1000, 100_000), test: proportion(2000, 100_000), method: .bayes,
      difference: .absolute)
    let result = try query.result()
    let z = try #require(result.estimate) / #require(result.standardError)
    #expect(z > 18)
    let risk = try #require(result.risk)[1] / #require(result.standardError)
    // The first terms of the asymptotic series of the unit normal loss.
    let series = Normal.density(z) / (z * z) * (1 - 3 / (z * z) + 15 / pow(z, 4) - 105 / pow(z, 6))
    #expect(abs(risk / series - 1) < 1e-6)
  }

  @Test("What does not exist is null, and says why") func undefined() throws {
    let none = try ABTestQuery(.proportion, control: proportion(0, 10), test: proportion(3, 10)).result()
    #expect(none.estimate == nil && none.undefined != nil)
    let absolute = try ABTestQuery(
      .proportion, control: proportion(0, 10), test: proportion(3, 10), difference: .absolute
    ).result()
    #expect(absolute.estimate == 0.3 && absolute.pValue != nil)
    let flat = try ABTestQuery(.proportion, control: proportion(10, 10), test: proportion(10, 10)).result()
    #expect(flat.estimate == 0 && flat.pValue == nil && flat.undefined != nil)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = String(decoding: try encoder.encode(none), as: UTF8.self)
    #expect(text.contains(#""ci":null,"#) && text.contains(#""p_value":null"#))
  }

  @Test(
    "Impossible sums and settings are refused with their name",
    arguments: [
      (#"{"kind":"ab_test","metric":"mean","control":{"n":5,"sum":3},"test":{"n":5,"sum":3}}"#, "sum_squares"),
      (#"{"metric":"mean","control":{"n":5,"sum":9,"sum_squares":9},"test":{"n":5,"sum":3}}"#, "smaller"),
      (#"{"metric":"proportion","control":{"n":5,"sum":6},"test":{"n":5,"sum":3}}"#, "between"),
      (#"{"metric":"proportion","control":{"n":1,"sum":1},"test":{"n":5,"sum":3}}"#, "at least 2"),
      (#"{"metric":"proportion","control":{"n":5,"sum":1},"test":{"n":5,"sum":3},"alpha":1}"#, "alpha"),
      (#"{"metric":"proportion","control":{"n":5,"sum":1},"test":{"n":5,"sum":3},"alhpa":0.1}"#, "'alhpa'"),
      (#"{"metric":"proportion","control":{"n":5,"sun":1,"sum":1},"test":{"n":5,"sum":3}}"#, "'sun'"),
      (#"{"metric":"proportion","control":{"n":5,"sum":1},"test":{"n":5,"sum":3},"prior":[0,0]}"#, "prior"),
      (#"{"metric":"ratio","control":{"n":5,"sum":1,"sum_squares":1},"test":{"n":5,"sum":3}}"#, "den_sum"),
    ])
  func refused(_ json: String, _ part: String) {
    let error = #expect(throws: AttributionError.self) { try decode(json).result() }
    #expect(error?.code == .invalidQuery && error?.message.contains(part) == true, "\(error?.message ?? "")")
  }
}

@Suite("What was known before an experiment") struct CovariateTests {
  /// The customers' past x and metric y: 1, 4, 2, 8, 5, 7, 3 and 2, 5, 1, 9, 7, 6, 4 of control, and so on.
  private static let control = ExperimentGroup(
    count: 7, sum: 34, sumSquares: 212, before: .init(sum: 30, sumSquares: 168, cross: 185))
  private static let test = ExperimentGroup(
    count: 5, sum: 33, sumSquares: 263, before: .init(sum: 22, sumSquares: 138, cross: 187))

  @Test("Is taken out of the means: Welch's test of y − θ (x − x̄), by NumPy and SciPy") func adjusted() throws {
    let result = try ABTestQuery(.mean, control: Self.control, test: Self.test, difference: .absolute).result()
    #expect(close(try #require(result.estimate), 1.6279234585400424))
    #expect(close(try #require(result.pValue), 0.016958066883419057))
    #expect(close(try #require(result.interval)[0], 0.35995422124156784))
    #expect(close(try #require(result.interval)[1], 2.895892695838517))
    #expect(close(result.control.mean, 4.905031892274982) && close(result.test.mean, 6.532955350815024))
  }

  @Test("A past that explains nothing changes nothing; a group without one is refused") func edges() throws {
    var (control, test) = (Self.control, Self.test)
    control.before = .init(sum: 14, sumSquares: 28, cross: 68)
    test.before = .init(sum: 10, sumSquares: 20, cross: 66)
    let constant = try ABTestQuery(.mean, control: control, test: test).result()
    (control.before, test.before) = (nil, nil)
    #expect(try ABTestQuery(.mean, control: control, test: test).result() == constant)
    #expect(throws: AttributionError.self) { try ABTestQuery(.mean, control: Self.control, test: test).result() }
    let json = #"{"metric":"mean","control":{"n":7,"sum":34,"before":{"sum":1}},"test":{"n":5,"sum":3}}"#
    #expect(throws: AttributionError.self) { try decode(json) }
  }

  @Test("Of a proportion it is the regression of its zeros and ones") func proportion() throws {
    // Half of either group bought before; one of one and two of two who buy now are of that half.
    let groups = [(4, 1.0, 1.0), (4, 2.0, 2.0)].map {
      ExperimentGroup(count: $0.0, sum: $0.1, before: .init(sum: 2, sumSquares: 2, cross: $0.2))
    }
    let plain = groups.map { ExperimentGroup(count: $0.count, sum: $0.sum) }
    let adjusted = try ABTestQuery(.proportion, control: groups[0], test: groups[1], difference: .absolute).result()
    let raw = try ABTestQuery(.proportion, control: plain[0], test: plain[1], difference: .absolute).result()
    #expect(close(try #require(adjusted.estimate), try #require(raw.estimate)))
    // θ = (0.5 + 1)/2 and S = 0.75 − 0.75 + 0.5625, 1 − 1.5 + 0.5625.
    let error = ((0.5625 / 4 + 0.0625 / 4) / 4).squareRoot()
    #expect(close(try #require(adjusted.standardError), error))
  }
}

@Suite("Several tests at once") struct MultipleTestsTests {
  @Test("Holm and Benjamini–Hochberg, as R's p.adjust has them") func corrections() {
    let values: [Double?] = [0.005, 0.9, nil, 0.01, 0.03]
    func check(_ found: [Double?], _ wanted: [Double?]) {
      #expect(zip(found, wanted).allSatisfy { $0 == nil && $1 == nil || close($0 ?? .nan, $1 ?? .nan) }, "\(found)")
    }
    check(MultipleTests.holm.adjusted(values), [0.02, 0.9, nil, 0.03, 0.06])
    check(MultipleTests.benjaminiHochberg.adjusted(values), [0.02, 0.9, nil, 0.02, 0.04])
    check(MultipleTests.holm.adjusted([0.01, 0.02, 0.03, 0.04, 0.05]), [0.05, 0.08, 0.09, 0.09, 0.09])
    check(MultipleTests.benjaminiHochberg.adjusted([0.01, 0.02, 0.03, 0.04, 0.05]), [0.05, 0.05, 0.05, 0.05, 0.05])
    #expect(MultipleTests.holm.adjusted([]).isEmpty)
  }
}

@Suite("Sample ratio") struct SampleRatioTests {
  @Test("Pearson's test; nobody strays from anything") func pearson() throws {
    let strayed = try SampleRatioQuery(users: [10_000, 10_600], weights: [1, 1]).result()
    #expect(close(strayed.pValue, 2.909992111576433e-05))
    #expect(try SampleRatioQuery(users: [0, 0], weights: [1, 2]).result().pValue == 1)
    for query in [
      SampleRatioQuery(users: [1, 2], weights: [1]), SampleRatioQuery(users: [1, 2], weights: [1, 0]),
      SampleRatioQuery(users: [1, -2], weights: [1, 1]), SampleRatioQuery(users: [1], weights: [1]),
    ] {
      #expect(throws: AttributionError.self) { try query.result() }
    }
  }
}
