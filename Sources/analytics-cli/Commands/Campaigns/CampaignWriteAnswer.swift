import Attribution
import Scoring

/// The answer of `campaigns --write`.
struct CampaignWriteAnswer: Answer {
  struct Kind: Encodable {
    let entity: MarketingEntity
    let inserted, updated, unchanged, skippedRows, skippedEntities: Int

    enum CodingKeys: String, CodingKey {
      case entity, inserted, updated, unchanged
      case skippedRows = "skipped_rows"
      case skippedEntities = "skipped_entities"
    }

    init(entity: MarketingEntity, _ writes: AnalyticsWrites) {
      self.entity = entity
      (inserted, updated, unchanged) = (writes.inserted, writes.updated, writes.unchanged)
      (skippedRows, skippedEntities) = (writes.skippedRows, writes.skippedEntities)
    }
  }

  let written: [Kind]

  private enum CodingKeys: String, CodingKey { case written = "marketing_analytics" }

  var table: TextTable {
    var table = TextTable(
      ["entity", "inserted", "updated", "unchanged", "skipped"], title: "Days written into marketing_analytics")
    table.rows = written.map { kind in
      [.text(kind.entity.rawValue)]
        + [kind.inserted, kind.updated, kind.unchanged, kind.skippedRows].map { .integer($0) }
    }
    return table
  }
}
