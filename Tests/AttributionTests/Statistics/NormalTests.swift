import Attribution
import Testing

/// Against values of mpmath 1.3 with 40 digits or more.
@Suite("The normal distribution") struct NormalTests {
  @Test(
    "Cumulative, in the middle and in both tails",
    arguments: [
      (0, 0.5), (0.1, 0.5398278372770289814654), (1, 0.8413447460685429485852), (-1, 0.1586552539314570514148),
      (2.5, 0.993790334674223864833), (-5, 2.866515718791939116738e-7), (8, 0.9999999999999993779039),
      (-12, 1.776482112077678997696e-33), (-37, 5.725571222524576822683e-300),
    ])
  func cumulative(_ z: Double, _ expected: Double) {
    #expect(close(Normal.cumulative(z), expected, 2e-13) && Normal.cumulative(z) > 0)
    #expect(close(Normal.twoSided(z), 2 * Normal.cumulative(-abs(z)), 1e-15))
  }

  @Test(
    "Critical values",
    arguments: [
      (0.05, 1.959963984540054235525), (0.01, 2.575829303548900760979), (0.6, 0.5244005127080407840383),
      (2e-5, 4.264890793922824628499), (2e-20, 9.262340089798407573717), (2e-300, 37.04709629936119923722),
    ])
  func critical(_ probability: Double, _ expected: Double) {
    #expect(close(Normal.critical(probability), expected, 1e-14))
  }

  @Test(
    "Unit normal loss, where its two terms cancel too",
    arguments: [
      (-3, 3.000382154317047723596), (0, 0.3989422804014326779399), (0.5, 0.1977965574013060295935),
      (1.9, 0.0110543511242731724028), (2.1, 0.006468312798512424802208), (6, 1.563569795970966427911e-10),
      (30, 1.63195673409140118935e-199),
    ])
  func loss(_ z: Double, _ expected: Double) {
    #expect(abs(Normal.loss(z) / expected - 1) < 1e-12)
  }
}

@Suite("The chi-square distribution") struct ChiSquareTests {
  @Test(
    "Upper tail, on both sides of the mean, few degrees of freedom and many",
    arguments: [
      (1, 3.841458820694124, 0.05000000000000005839728), (2, 9.94, 0.006943148034746112460002),
      (1, 0.001, 0.9747728793699603885423), (3, 40, 1.065509033425586081505e-8), (10, 3.2, 0.9763177219506883139921),
      (10, 18.3, 0.05010906141146246261465), (99, 120, 0.07424385580596678986573),
      (1000, 1100, 0.01461440812629519404515), (1000, 900, 0.9892827619087102584426),
      (5, 300, 1.001530230595784554618e-62), (30000, 30500, 0.02103999975908705278231), (1, 0, 1),
    ])
  func upperTail(_ degreesOfFreedom: Double, _ x: Double, _ expected: Double) {
    #expect(abs(ChiSquare.upperTail(x, degreesOfFreedom: degreesOfFreedom) / expected - 1) < 1e-12)
  }
}
