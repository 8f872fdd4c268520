/// The ids of products and of the loyalty programme, quoted.
struct Catalogue: Sendable {
  private(set) var products = TextTable()
  private(set) var loyaltyProgram = TextTable()

  init(seed: UInt64) {
    let hash = Mix.hash(seed, 0xCA7A_106E)
    for product in 0..<Population.productCount { products.append("\"\(UUIDText.string(hash, UInt64(product)))\"") }
    loyaltyProgram.append("\"\(UUIDText.string(~hash, 0))\"")
  }
}

/// What events say of their campaigns, by the campaign's place; all but the ids quoted.
struct CampaignTexts: Sendable {
  private(set) var ids = TextTable()
  private(set) var children = TextTable()
  private(set) var subjects = TextTable()
  private(set) var subjectsBangla = TextTable()
  private(set) var pages = TextTable()

  init(_ plan: CampaignPlan) {
    for (campaign, page) in zip(plan.campaigns, plan.pages) {
      ids.append(campaign.id)
      children.append("\"\(campaign.emailCampaignID ?? campaign.smsCampaignID ?? "")\"")
      // The subjects of the templates hold no character that JSON escapes.
      subjects.append("\"\(campaign.subject)\"")
      subjectsBangla.append("\"\(campaign.subjectBangla)\"")
      pages.append("\"\(page)\"")
    }
  }
}
