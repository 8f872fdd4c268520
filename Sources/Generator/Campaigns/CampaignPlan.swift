/// All campaigns of a window and what is sent on which of its days. It depends on the seed and the window, not on
/// the customers.
struct CampaignPlan: Sendable {
  /// One sending of a campaign to a share of its audience.
  struct Sending: Sendable {
    let campaign: Int16
    let channel: GeneratedChannel
    let audience: CampaignTemplate.Audience
    let reach: Double
    let minute: Int
  }

  /// Campaigns that customers' doings set off, by their places in `campaigns`.
  enum Standing: Int16 {
    case welcome, abandonedCart, socialRetargeting, socialAwareness, brandSearch, affiliates
  }

  private(set) var campaigns: [GeneratedCampaign] = []
  private(set) var pages: [String] = []
  /// Engagement factors, two per campaign.
  private(set) var effects: [Double] = []
  /// The sendings of each day, in order of their minute.
  private(set) var sendings: [[Sending]]

  init(seed: UInt64, start: CivilDay, season: Season, customers: Int) {
    sendings = Array(repeating: [], count: season.days.count)
    let days = season.days.count
    let last = start + (days - 1)
    // First, so that their places are those of `Standing`.
    for template in CampaignTemplate.standing {
      _ = add(template, suffix: nil, from: start, to: last, seed: seed, customers: customers)
    }
    for template in CampaignTemplate.regular {
      var first = start
      while first <= last {
        let (year, month, _) = first.components
        let next = month == 12 ? CivilDay(year + 1, 1, 1) : CivilDay(year, month + 1, 1)
        let end = min(last, next + -1)
        let index = add(template, suffix: (year, month), from: first, to: end, seed: seed, customers: customers)
        for day in first.daysSince1970...end.daysSince1970 {
          let day = CivilDay(daysSince1970: day)
          let isDue =
            switch template.rhythm {
            case .weekly(let weekday, let weeks):
              day.weekday == weekday && (day.daysSince1970 / 7) % weeks == 0
            case .monthly(let dayOfMonth): day.components.day == dayOfMonth
            case .festival, .always: false
            }
          if isDue { send(template, index, on: day - start, season) }
        }
        first = next
      }
    }
    for template in CampaignTemplate.festive {
      guard case .festival(let festival, let daysBefore) = template.rhythm else { continue }
      for dates in Festival.dates(from: start, to: last + 60) where dates.festival == festival {
        let due = daysBefore.map { dates.first + -$0 }.filter { start <= $0 && $0 <= last }
        guard let first = due.first else { continue }
        let (year, month, _) = dates.first.components
        let end = max(first, min(last, dates.last))
        let index = add(template, suffix: (year, month), from: first, to: end, seed: seed, customers: customers)
        for day in due { send(template, index, on: day - start, season) }
      }
    }
    for day in sendings.indices {
      sendings[day].sort { ($0.minute, $0.campaign) < ($1.minute, $1.campaign) }
    }
  }

  private mutating func send(_ template: CampaignTemplate, _ campaign: Int, on day: Int, _ season: Season) {
    let minute = season.days[day].isRamadan ? template.ramadanMinute : template.minute
    sendings[day].append(
      Sending(
        campaign: Int16(campaign), channel: template.channel, audience: template.audience, reach: template.reach,
        minute: minute))
  }

  private mutating func add(
    _ template: CampaignTemplate, suffix: (year: Int, month: Int)?, from start: CivilDay, to end: CivilDay,
    seed: UInt64, customers: Int
  ) -> Int {
    var hash = Mix.hash(seed, 0xCA4B_A165)
    for byte in template.key.utf8 { hash = Mix.hash(hash, UInt64(byte)) }
    var name = template.name
    var nameBangla = template.nameBangla
    if let suffix {
      hash = Mix.hash(hash, UInt64(suffix.year * 12 + suffix.month))
      name += " - \(Self.months[suffix.month - 1]) \(suffix.year)"
      nameBangla += " - \(Self.monthsBangla[suffix.month - 1]) \(Self.bangla(suffix.year))"
    }
    // B differs from A by -15 % to +30 %, in steps of 1 %.
    var random = RandomStream(seed: hash)
    let effect = Double(85 + random.below(46)) / 100
    campaigns.append(
      GeneratedCampaign(
        id: UUIDText.string(hash, 0), name: name, nameBangla: nameBangla, channel: template.channel,
        type: template.type, objective: template.objective,
        budget: max(100_000, template.budget * Int64(customers) / 10), spent: 0, start: start, end: end,
        subject: template.subject, subjectBangla: template.subjectBangla,
        variants: [
          GeneratedCampaign.Variant(name: "variant_a", engagementEffect: 1),
          GeneratedCampaign.Variant(name: "variant_b", engagementEffect: effect),
        ],
        emailCampaignID: template.channel == .email ? UUIDText.string(hash, 1) : nil,
        smsCampaignID: template.channel == .sms ? UUIDText.string(hash, 2) : nil))
    pages.append(template.page)
    effects += [1, effect]
    return campaigns.count - 1
  }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]
  private static let monthsBangla = [
    "জানুয়ারি", "ফেব্রুয়ারি", "মার্চ", "এপ্রিল", "মে", "জুন", "জুলাই", "আগস্ট", "সেপ্টেম্বর", "অক্টোবর", "নভেম্বর", "ডিসেম্বর",
  ]

  private static func bangla(_ number: Int) -> String {
    String(String.UnicodeScalarView(String(number).unicodeScalars.compactMap { Unicode.Scalar($0.value + 0x9B6) }))
  }
}
