extension Migration {
  /// The tables of other services that the campaign service refers to, with nothing but their key.
  static let stubs = Migration(
    name: "101_stubs",
    sql: """
      CREATE TABLE IF NOT EXISTS users (
        id UUID PRIMARY KEY DEFAULT gen_random_uuid()
      );

      CREATE TABLE IF NOT EXISTS vendors (
        id UUID PRIMARY KEY DEFAULT gen_random_uuid()
      );
      """)
}
