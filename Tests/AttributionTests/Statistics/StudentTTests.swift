import Attribution
import Testing

/// Against values of mpmath 1.3 with 40 digits.
@Suite("Student's t") struct StudentTTests {
  @Test(
    "Two-sided tails, near and far, few degrees of freedom and many",
    arguments: [
      (1, 1, 0.5), (2.5, 0.3, 0.78734237149519721449), (3, 12, 0.001245015800789336738),
      (17.3, 2.1, 0.05068822302286752784), (199.5, 1.5, 0.13519526942427185065),
      (1234.5, 5, 6.5600760931330376561e-7), (99_999, 3, 0.0027004608907134291525),
      (100_001, 3, 0.0027004608774161422092), (3e6, 1.7, 0.089131029174842906791),
      (50, 40, 1.2412423784372705586e-39), (30, 0.001, 0.99920873576648509011),
      (9.9e6, 3.5, 0.0004652602020466332514), (1.1e7, 3.5, 0.00046525999764881782349),
    ])
  func tails(_ degreesOfFreedom: Double, _ t: Double, _ expected: Double) {
    let found = StudentT(degreesOfFreedom: degreesOfFreedom)
    #expect(close(found.twoSided(t), expected, 1e-11))
    #expect(found.twoSided(-t) == found.twoSided(t))
  }

  @Test(
    "Critical values",
    arguments: [
      (1, 0.05, 12.7062047361747039), (4.2, 0.1, 2.1030107450099368), (29.5, 0.01, 2.75313327025632484),
      (10_000, 0.1, 1.64500601806924294), (2e6, 0.05, 1.95996517067637499),
    ])
  func criticalValues(_ degreesOfFreedom: Double, _ probability: Double, _ expected: Double) {
    #expect(close(StudentT(degreesOfFreedom: degreesOfFreedom).critical(probability), expected, 1e-11))
  }

  @Test("The ends") func ends() {
    let t = StudentT(degreesOfFreedom: 7)
    #expect(t.twoSided(0) == 1)
    #expect(t.twoSided(.infinity) == 0)
  }
}
