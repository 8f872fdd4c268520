import Foundation
import Journeys
import Models
import TestSupport
import Testing

@Suite struct SendTimeTaskTests {
  private let folder: TemporaryDirectory
  private let utc: ZonedCalendar

  init() throws {
    folder = try TemporaryDirectory()
    utc = try ZonedCalendar("UTC")
  }

  private var settings: SendTimeTask.Settings {
    var settings = SendTimeTask.Settings()
    settings.hours = 24
    settings.learner.rhythms = 3
    settings.learner.levels = 3
    settings.learner.maximumIterations = 12
    return settings
  }

  private func histories(
    _ store: JourneyStore, asOf: Int64, split: Int64? = nil, hours: Int = 24, zone: String = "UTC", threads: Int = 2
  ) async throws -> [SendHistories] {
    try await SendTimeActivity(
      of: store, before: asOf, split: split, hours: hours, windows: .init(), calendar: try ZonedCalendar(zone)
    ).run(over: store, threads: threads)
  }

  @Test func answersFindTheirSendsAndVisitsTheirCause() async throws {
    var list = SendEvents()
    // Opened after two hours, and again by a click; another campaign's send between them.
    list.add("a", 10, "email_sent", "x")
    list.add("a", 11, "email_sent", "y")
    list.add("a", 12, "email_opened", "x")
    list.add("a", 12.1, "page_view")
    list.add("a", 15, "page_view")
    list.add("a", 15.3, "page_view")
    list.add("a", 16, "cart_added")
    // A machine opens z within a second; w it opens too, and a person clicks.
    list.add("b", 20, "email_sent", "z")
    list.add("b", 20 + 0.5 / 3600, "email_opened", "z")
    list.add("b", 30, "email_sent", "w")
    list.add("b", 30 + 0.5 / 3600, "email_opened", "w")
    list.add("b", 31, "email_clicked", "w")
    // Too late, and of no send.
    list.add("c", 1, "sms_sent", "x")
    list.add("c", 1 + 73, "sms_clicked", "x")
    list.add("c", 2, "push_opened", "x")
    // Too young at 120 hours.
    list.add("d", 60, "email_sent", "x")
    let store = try list.store(in: folder)
    let found = try await histories(store, asOf: SendEvents.start + 120 * SendEvents.hour)
    var email = SendHistories(hours: 24)
    email.append(
      sends: [.init(hour: 10, isOpened: true, fold: 0), .init(hour: 11, isOpened: false, fold: 0)], sessions: [15, 16])
    email.append(sends: [.init(hour: 6, isOpened: true, fold: 0)], sessions: [], machineSends: 1)
    email.append(sends: [], sessions: [])
    email.append(sends: [], sessions: [])
    #expect(found[0] == email)
    #expect(found[1].sendCount == 1 && found[1].openCount == 0)
    #expect(found[2].sendCount == 0)

    // Hours of the week on the local clock: Monday 10:00 UTC is 16:00 in Dhaka.
    let week = try await histories(
      store, asOf: SendEvents.start + 120 * SendEvents.hour, hours: 168, zone: "Asia/Dhaka")
    var dhaka = SendHistories(hours: 168)
    dhaka.append(
      sends: [.init(hour: 16, isOpened: true, fold: 0), .init(hour: 17, isOpened: false, fold: 0)], sessions: [21, 22])
    dhaka.append(sends: [.init(hour: 36, isOpened: true, fold: 0)], sessions: [], machineSends: 1)
    dhaka.append(sends: [], sessions: [])
    dhaka.append(sends: [], sessions: [])
    #expect(week[0] == dhaka)
  }

  @Test func cutsAndThreadsChangeNothingAndTheFutureIsNotSeen() async throws {
    let list = SendEvents(customers: 5000, days: 4, seed: 3)
    let store = try list.store(in: folder)
    let moment = SendEvents.start + 90 * SendEvents.hour
    let whole = try await histories(store, asOf: moment, threads: 1)
    #expect(try await histories(store, asOf: moment, threads: 3) == whole)
    #expect(whole[0].customers == 5000 && whole[0].sendCount > 1000)
    let kernel = SendTimeActivity(of: store, before: moment, hours: 24, windows: .init(), calendar: utc)
    var merged = kernel.empty()
    var random = SeededRandom(seed: 1)
    var start = 0
    while start < store.customerCount {
      let end = min(start + Int.random(in: 0...1500, using: &random), store.customerCount)
      var part = kernel.empty()
      kernel.fold(start..<end, of: store, into: &part)
      let sent = try JSONDecoder().decode([SendHistories].self, from: JSONEncoder().encode(part))
      kernel.merge(sent, into: &merged)
      kernel.merge(kernel.empty(), into: &merged)
      start = end
    }
    #expect(merged == whole)
    var past = SendEvents()
    past.events = list.events.filter { $0.timestamp < moment }
    #expect(try await histories(past.store(in: folder, "past"), asOf: moment) == whole)
  }

  @Test func itTrainsValidatesOnLaterSendsAndPredictsHours() async throws {
    let list = SendEvents(customers: 400, days: 40, seed: 7)
    let store = try list.store(in: folder)
    let asOf = SendEvents.start + 40 * SendEvents.day
    let (model, card) = try await SendTimeTask.train(
      store: store, asOf: asOf, horizon: 12 * SendEvents.day, timeZone: utc, settings: settings)
    #expect(Array(model.channels.keys) == ["email"])
    let evaluation = try #require(model.channels["email"]?.evaluation)
    // Sends of the last twelve days but three, and before them those of all but three.
    #expect(card.data.validation.rows == 400 * 9 && evaluation.heldOutSends == 400 * 9)
    #expect(card.data.training.rows == 400 * 25)
    let gain = try #require(evaluation.crossFitted?.gain)
    #expect(gain.low > 0)
    let rate = try #require(card.validation.baselines["constant_rate"])
    let everyone = try #require(card.validation.baselines["everyone_by_hour"])
    #expect(card.validation.model.loss < everyone.loss && everyone.loss < rate.loss)

    let registry = ModelRegistry(directory: folder.url.appending(path: "models"))
    let version = try registry.register(task: SendTimeTask.name, model: model, card: card)
    let read = try registry.load(ChannelSendTimes.self, task: SendTimeTask.name, version: version)
    #expect(read == model)
    var right = 0
    var places: [Int] = []
    try await read.predict(store: store, asOf: asOf) { customer, hours in
      places.append(customer)
      let isEarly = (Int(store.customerID(customer).split(separator: " ")[1]) ?? 0) % 2 == 0
      guard let hour = hours.allowedHours["email"], let active = hours.activeHours else { return }
      #expect(8..<22 ~= hour)
      if abs(hour - (isEarly ? 9 : 20)) <= 2 { right += 1 }
      #expect(active.from == (isEarly ? 9 : 20) && active.to == active.from + 1)
    }
    #expect(places == Array(0..<400))
    #expect(right > 380)
  }

  @Test func dataThatCannotTeachAreRefusedWithTheRemedy() async throws {
    let store = try SendEvents(customers: 20, days: 20, seed: 7).store(in: folder)
    func refusal(asOf days: Int64, horizon: Int64) async -> ModelError? {
      await #expect(throws: ModelError.self) {
        try await SendTimeTask.train(
          store: store, asOf: SendEvents.start + days * SendEvents.day, horizon: horizon * SendEvents.day,
          timeZone: utc, settings: settings)
      }
    }
    #expect(await refusal(asOf: 20, horizon: 3)?.message.contains("72 hours") == true)
    #expect(await refusal(asOf: 20, horizon: 19)?.code == .untrainable)
    #expect(await refusal(asOf: 90, horizon: 30)?.message.contains("--as-of") == true)
  }
}
