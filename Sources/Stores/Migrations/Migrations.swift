/// The PostgreSQL schema: numbered steps, each applied once and in a transaction of its own.
///
/// The steps that a database has are recorded in its table `analytics_schema_migrations`.
public enum Migrations {
  /// What is ours: `marketing_analytics` and its type.
  static let ours: [Migration] = [.marketingAnalytics]

  /// The campaign service's tables, which exist in production: section 2.1 of its document.
  static let platform: [Migration] = [.stubs, .types, .campaigns, .audience, .programs]

  /// Applies the migrations that the database does not have yet. May run twice, and by two at once.
  /// - Parameter local: adds the campaign service's tables with stub `users` and `vendors`, for tests and trials.
  /// - Returns: the names of those that were applied now.
  @discardableResult
  public static func apply(to database: PostgreSQL, local: Bool = false) throws -> [String] {
    var applied: [String] = []
    for migration in ours + (local ? platform : []) {
      let isNew = try database.transaction { try apply(migration, to: $0) }
      if isNew { applied.append(migration.name) }
    }
    return applied
  }

  private static func apply(_ migration: Migration, to database: PostgreSQL) throws -> Bool {
    // Held until the transaction ends: a second process waits here and then finds the step applied. The number is
    // "analytics" in ASCII, cut to eight bytes.
    try database.execute("SELECT pg_advisory_xact_lock(x'616e616c79746963'::bigint)")
    try database.execute(
      """
      CREATE TABLE IF NOT EXISTS analytics_schema_migrations (
        name TEXT PRIMARY KEY,
        checksum TEXT NOT NULL,
        applied_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
      )
      """)
    let unchanged = try database.query(
      """
      SELECT checksum = encode(sha256(convert_to($2, 'UTF8')), 'hex') FROM analytics_schema_migrations WHERE name = $1
      """, [.text(migration.name), .text(migration.sql)]
    ) { try $0.bool(0) ?? false }
    if let unchanged = unchanged.first {
      guard unchanged else {
        throw StoreError(
          .query,
          "postgresql: migration \(migration.name) at \(database.target) failed: it was applied with another text;"
            + " this database belongs to another version of the program")
      }
      return false
    }
    try database.execute(migration.sql)
    try database.execute(
      """
      INSERT INTO analytics_schema_migrations (name, checksum)
      VALUES ($1, encode(sha256(convert_to($2, 'UTF8')), 'hex'))
      """,
      [.text(migration.name), .text(migration.sql)])
    return true
  }
}
