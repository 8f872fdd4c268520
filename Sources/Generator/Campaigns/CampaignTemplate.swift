/// Kinds of campaigns a shop in Bangladesh runs.
struct CampaignTemplate: Sendable {
  enum Audience: UInt8, Sendable {
    case everyone
    /// No purchase for 45 days.
    case inactive
    /// Members of the loyalty programme.
    case members
  }

  enum Rhythm: Sendable {
    /// Each calendar month a campaign, sent on these weekdays (0 is Monday), every `weeks` weeks.
    case weekly(weekday: Int, weeks: Int)
    /// Each calendar month a campaign, sent once on this day of the month.
    case monthly(day: Int)
    /// Once for a festival, sent these many days before its first day (negative: after it).
    case festival(Festival, daysBefore: [Int])
    /// From the first day to the last: what customers do sets it off.
    case always
  }

  let key: String
  let name: String
  let nameBangla: String
  let subject: String
  let subjectBangla: String
  let channel: GeneratedChannel
  let type: String
  let objective: String
  let rhythm: Rhythm
  let audience: Audience
  /// Share of the audience that a sending reaches.
  let reach: Double
  /// Local minute of the day at which a sending begins, in ordinary times and in Ramadan.
  let minute: Int
  let ramadanMinute: Int
  /// In taka for a thousand customers.
  let budget: Int64
  /// Where a click leads.
  let page: String

  init(
    _ key: String, _ name: String, _ nameBangla: String, subject: String, _ subjectBangla: String,
    on channel: GeneratedChannel, type: String, objective: String, _ rhythm: Rhythm,
    to audience: Audience = .everyone, reach: Double = 1, at minute: Int = 0, inRamadan ramadanMinute: Int? = nil,
    budget: Int64, page: String
  ) {
    self.key = key
    self.name = name
    self.nameBangla = nameBangla
    self.subject = subject
    self.subjectBangla = subjectBangla
    self.channel = channel
    self.type = type
    self.objective = objective
    self.rhythm = rhythm
    self.audience = audience
    self.reach = reach
    self.minute = minute
    self.ramadanMinute = ramadanMinute ?? minute
    self.budget = budget
    self.page = page
  }
}

extension CampaignTemplate {
  static let regular: [CampaignTemplate] = [
    CampaignTemplate(
      "newsletter", "Weekly Picks", "সপ্তাহের সেরা অফার", subject: "This week's picks for you",
      "আপনার জন্য এ সপ্তাহের সেরা পছন্দ", on: .email, type: "retention", objective: "engagement",
      .weekly(weekday: 1, weeks: 1), reach: 0.22, at: 11 * 60, inRamadan: 16 * 60, budget: 150, page: "/weekly-picks"),
    CampaignTemplate(
      "weekend-flash", "Weekend Flash Sale", "সাপ্তাহিক ছুটির ফ্ল্যাশ সেল",
      subject: "Flash Sale: 50% off Electronics!", "ফ্ল্যাশ সেল: ইলেকট্রনিক্সে ৫০% ছাড়!", on: .sms, type: "conversion",
      objective: "sales", .weekly(weekday: 3, weeks: 2), reach: 0.11, at: 17 * 60, inRamadan: 20 * 60 + 30,
      budget: 400, page: "/flash-sale"),
    CampaignTemplate(
      "app-deals", "App-only Deals", "শুধু অ্যাপে বিশেষ ছাড়", subject: "Tonight only, in the app",
      "শুধু আজ রাতে, শুধু অ্যাপে", on: .pushNotification, type: "conversion", objective: "engagement",
      .weekly(weekday: 2, weeks: 1), reach: 0.16, at: 20 * 60, inRamadan: 21 * 60, budget: 60, page: "/app-deals"),
    CampaignTemplate(
      "win-back", "We Miss You", "আপনাকে মিস করছি", subject: "We miss you - 15% off your next order",
      "আপনাকে মিস করছি - পরের অর্ডারে ১৫% ছাড়", on: .email, type: "reactivation", objective: "sales",
      .monthly(day: 10), to: .inactive, reach: 0.5, at: 10 * 60, inRamadan: 15 * 60, budget: 80, page: "/welcome-back"),
    CampaignTemplate(
      "win-back-sms", "Come Back Offer", "ফিরে আসুন অফার", subject: "Come back: BDT 200 off today",
      "ফিরে আসুন: আজ ২০০ টাকা ছাড়", on: .sms, type: "reactivation", objective: "sales", .monthly(day: 12),
      to: .inactive, reach: 0.15, at: 15 * 60, budget: 120, page: "/welcome-back"),
    CampaignTemplate(
      "double-points", "Double Points", "দ্বিগুণ পয়েন্ট", subject: "Double GetIt Rewards points this week",
      "এ সপ্তাহে দ্বিগুণ গেটইট রিওয়ার্ডস পয়েন্ট", on: .email, type: "loyalty", objective: "engagement",
      .monthly(day: 20), to: .members, reach: 0.5, at: 12 * 60, inRamadan: 17 * 60, budget: 90, page: "/rewards"),
  ]

  static let festive: [CampaignTemplate] = [
    CampaignTemplate(
      "ramadan", "Ramadan Bazaar", "রমজান বাজার", subject: "Ramadan Bazaar: everything for iftar",
      "রমজান বাজার: ইফতারের সবকিছু", on: .email, type: "retention", objective: "sales",
      .festival(.ramadan, daysBefore: [3, -4, -11]), reach: 0.3, at: 15 * 60, budget: 200, page: "/ramadan"),
    CampaignTemplate(
      "eid-email", "Eid Collection Launch", "ঈদ কালেকশন লঞ্চ", subject: "🌙 Exclusive Eid Offers - Up to 50% Off!",
      "🌙 বিশেষ ঈদ অফার - ৫০% পর্যন্ত ছাড়!", on: .email, type: "acquisition", objective: "sales",
      .festival(.eidUlFitr, daysBefore: [18, 11, 5]), reach: 0.36, at: 21 * 60, budget: 300, page: "/eid"),
    CampaignTemplate(
      "eid-sms", "Eid Express Delivery", "ঈদ এক্সপ্রেস ডেলিভারি", subject: "Order today, delivered before Eid",
      "আজ অর্ডার করুন, ঈদের আগেই ডেলিভারি", on: .sms, type: "conversion", objective: "sales",
      .festival(.eidUlFitr, daysBefore: [9, 4]), reach: 0.22, at: 20 * 60 + 30, budget: 700, page: "/eid"),
    CampaignTemplate(
      "eid-push", "Eid Countdown", "ঈদ কাউন্টডাউন", subject: "Eid is near: last offers", "ঈদ আসছে: শেষ সময়ের অফার",
      on: .pushNotification, type: "conversion", objective: "sales", .festival(.eidUlFitr, daysBefore: [7, 3]),
      reach: 0.4, at: 21 * 60 + 30, budget: 50, page: "/eid"),
    CampaignTemplate(
      "qurbani-email", "Eid-ul-Adha Fair", "ঈদুল আজহা মেলা", subject: "Eid-ul-Adha fair: freezers, spices, knives",
      "ঈদুল আজহা মেলা: ফ্রিজ, মসলা, ছুরি", on: .email, type: "conversion", objective: "sales",
      .festival(.eidUlAdha, daysBefore: [12, 5]), reach: 0.45, at: 19 * 60, budget: 250, page: "/qurbani"),
    CampaignTemplate(
      "qurbani-sms", "Eid-ul-Adha SMS Offer", "ঈদুল আজহা এসএমএস অফার", subject: "Eid-ul-Adha offer: up to 40% off",
      "ঈদুল আজহা অফার: ৪০% পর্যন্ত ছাড়", on: .sms, type: "conversion", objective: "sales",
      .festival(.eidUlAdha, daysBefore: [7]), reach: 0.25, at: 18 * 60, budget: 400, page: "/qurbani"),
    CampaignTemplate(
      "puja-email", "Durga Puja Celebration", "শারদীয় দুর্গাপূজা উৎসব", subject: "Sharad greetings: puja offers",
      "শারদীয় শুভেচ্ছা: পূজার অফার", on: .email, type: "conversion", objective: "sales",
      .festival(.durgaPuja, daysBefore: [8, 3]), reach: 0.35, at: 18 * 60, budget: 180, page: "/durga-puja"),
    CampaignTemplate(
      "puja-push", "Puja Fashion", "পূজার সাজ", subject: "New sarees for the puja", "পূজার নতুন শাড়ি",
      on: .pushNotification, type: "conversion", objective: "sales", .festival(.durgaPuja, daysBefore: [5]),
      reach: 0.4, at: 20 * 60, budget: 30, page: "/durga-puja"),
    CampaignTemplate(
      "boishakh-email", "Pohela Boishakh Fair", "পহেলা বৈশাখ মেলা", subject: "Shubho Noboborsho! The Boishakh fair",
      "শুভ নববর্ষ! বৈশাখী মেলা", on: .email, type: "awareness", objective: "sales",
      .festival(.pohelaBoishakh, daysBefore: [9, 3]), reach: 0.45, at: 18 * 60, budget: 250, page: "/boishakh"),
    CampaignTemplate(
      "boishakh-sms", "Boishakh Red and White", "বৈশাখের লাল সাদা", subject: "Red and white for Boishakh: 30% off",
      "বৈশাখের লাল সাদা পোশাকে ৩০% ছাড়", on: .sms, type: "conversion", objective: "sales",
      .festival(.pohelaBoishakh, daysBefore: [5]), reach: 0.2, at: 17 * 60, budget: 350, page: "/boishakh"),
  ]

  /// In the order of `CampaignPlan.Standing`.
  static let standing: [CampaignTemplate] = [
    CampaignTemplate(
      "welcome", "Welcome Series", "স্বাগতম সিরিজ", subject: "Welcome to GetIt - your first offer",
      "গেটইটে স্বাগতম - আপনার প্রথম অফার", on: .email, type: "acquisition", objective: "engagement", .always,
      budget: 50, page: "/welcome"),
    CampaignTemplate(
      "abandoned-cart", "Your Cart Is Waiting", "আপনার কার্ট অপেক্ষায়", subject: "You left something in your cart",
      "আপনার কার্টে কিছু রয়ে গেছে", on: .email, type: "conversion", objective: "sales", .always, budget: 50,
      page: "/cart"),
    CampaignTemplate(
      "social-retargeting", "Social Retargeting", "সোশ্যাল রিটার্গেটিং", subject: "Still looking for this?",
      "এখনও খুঁজছেন?", on: .socialMedia, type: "conversion", objective: "website_traffic", .always, budget: 900,
      page: "/deals"),
    CampaignTemplate(
      "social-awareness", "Social Awareness Video", "সোশ্যাল ভিডিও প্রচার", subject: "Shopping made easy", "সহজ কেনাকাটা",
      on: .socialMedia, type: "awareness", objective: "brand_awareness", .always, budget: 600, page: "/"),
    CampaignTemplate(
      "brand-search", "Brand Search", "ব্র্যান্ড সার্চ", subject: "GetIt official store", "গেটইট অফিশিয়াল স্টোর",
      on: .paidSearch, type: "acquisition", objective: "sales", .always, budget: 1500, page: "/"),
    CampaignTemplate(
      "affiliates", "Affiliate Partners", "অ্যাফিলিয়েট পার্টনার", subject: "Coupons of our partners",
      "পার্টনারদের কুপন", on: .affiliate, type: "acquisition", objective: "lead_generation", .always, budget: 800,
      page: "/coupons"),
  ]
}
