import Generator
import Testing

@Suite struct CalendarTests {
  @Test func daysAreReadAndWritten() throws {
    let day = try CivilDay("2025-03-31")
    #expect(day.daysSince1970 == 20_178)
    #expect(day.description == "2025-03-31")
    // A Monday.
    #expect(day.weekday == 0)
    #expect(try CivilDay("2025-04-04").weekday == 4)
    #expect((day + 1).description == "2025-04-01")
    for text in ["2025-02-29", "2025-13-01", "25-01-01", "2025-1-1", "2025-01-01T00:00:00Z", ""] {
      #expect(throws: GeneratorError.self) { try CivilDay(text) }
    }
  }

  private func factors(_ start: String, _ days: Int) throws -> [Season.Day] {
    Season(start: try CivilDay(start), days: days).days
  }

  @Test func anOrdinaryWeekAveragesOne() throws {
    let week = try factors("2025-01-06", 7)
    #expect(abs(week.reduce(0) { $0 + $1.purchases } - 7) < 1e-12)
    #expect(week[4].purchases == 1.25)
    #expect(week[4].weekday == 4)
    #expect(!week.contains { $0.isRamadan || !$0.festivals.isEmpty })
  }

  @Test func ramadanAndEidOf2025() throws {
    let march = try factors("2025-03-01", 33)
    #expect(!march[0].isRamadan)
    #expect(march[1].isRamadan)
    #expect(march[29].isRamadan)
    #expect(!march[30].isRamadan)
    #expect(march[30].festivals == [.eidUlFitr])
    // The last ten days: Friday the 28th.
    #expect(abs(march[27].purchases - 1.25 * 1.9) < 1e-12)
    #expect(abs(march[30].purchases - 0.9 * 0.5) < 1e-12)
  }

  @Test func otherFestivals() throws {
    // Pohela Boishakh is the 14th of April in every year, also outside the table.
    for year in ["2019", "2024", "2031"] {
      #expect(try factors("\(year)-04-14", 1)[0].festivals == [.pohelaBoishakh])
    }
    #expect(try factors("2024-10-09", 5).allSatisfy { $0.festivals == [.durgaPuja] })
    #expect(try factors("2026-05-28", 1)[0].festivals == [.eidUlAdha])
    let beforeBoishakh = try factors("2025-04-13", 1)[0]
    #expect(abs(beforeBoishakh.purchases - 0.9 * 1.35) < 1e-12)
  }

  @Test func aProfileOfHoursSumsToOne() {
    for first in 0..<24 {
      let profile = Hours.profile(first: first, second: (first + 11) % 24)
      #expect(abs(profile.reduce(0, +) - 1) < 1e-12)
      #expect(profile.firstIndex(of: profile.max() ?? 0) == first)
    }
  }
}
