import LinearAlgebra
import Testing

@Suite struct BLASThreadsTests {
  // Only ever to one: the setting is the process's own, and tests of other suites rely on it at the same time.
  @Test func lessThanOneThreadIsOne() {
    BLASThreads.set(0)
    #expect(BLASThreads.count == 1)
  }
}
