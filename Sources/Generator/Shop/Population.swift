/// What the shop's customers live with: places, devices, carriers and their shares.
package enum Population {
  /// A few values with whole shares that add up to `total`.
  package struct Shares: Sendable {
    let names: [StaticString]
    package let weights: [Int]
    let total: Int

    init(_ pairs: [(StaticString, Int)]) {
      names = pairs.map(\.0)
      weights = pairs.map(\.1)
      total = weights.reduce(0, +)
    }

    package var count: Int { names.count }
    package func name(_ index: Int) -> String { names[index].description }
    package func share(_ index: Int) -> Double { Double(weights[index]) / Double(total) }

    func draw(_ random: inout RandomStream) -> Int {
      var rest = random.below(total)
      for (index, weight) in weights.enumerated() {
        if rest < weight { return index }
        rest -= weight
      }
      return weights.count - 1
    }
  }

  /// The four carriers, by the campaign report in section 4.3 of the service document (of 2,500 messages).
  package static let carriers = Shares([("Grameenphone", 1200), ("Banglalink", 650), ("Robi", 550), ("Teletalk", 100)])

  package static let locations = Shares([
    ("Dhaka", 380), ("Chittagong", 160), ("Gazipur", 70), ("Narayanganj", 60), ("Sylhet", 70), ("Khulna", 65),
    ("Rajshahi", 60), ("Comilla", 45), ("Barisal", 35), ("Rangpur", 30), ("Mymensingh", 25),
  ])

  package static let devices = Shares([("mobile", 78), ("desktop", 17), ("tablet", 5)])

  /// One per device, in the order of `devices`, then one of the app.
  static let userAgents: [StaticString] = [
    "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36",
    "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1",
    "GetIt/5.2 (Android 14; bn_BD)",
  ]

  /// Product categories, as in paths and in `event_data.categories`.
  package static let categories: [StaticString] = [
    "electronics", "mobile-phones", "fashion-women", "fashion-men", "groceries", "beauty", "home-kitchen", "books",
    "baby", "sports", "health", "panjabi-saree",
  ]

  /// Products of the catalogue; product k is of category k modulo the number of categories.
  static let productCount = 480
}
