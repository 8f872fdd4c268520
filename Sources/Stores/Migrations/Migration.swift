/// A step of the PostgreSQL schema. Once it is released its SQL stays as it is: a change is a further migration.
///
/// The statements ask for what is not there yet, since the campaign service may have created some of it.
/// A string in the source, not a resource, so that an installed binary has it.
struct Migration: Sendable {
  /// Its number and name; migrations are applied in the order of their list.
  let name: String
  let sql: String

  /// The statement that creates an enumeration if it is not there: CREATE TYPE cannot ask that itself.
  static func enumType(_ name: String, _ labels: String...) -> String {
    let list = labels.map { "'\($0)'" }.joined(separator: ", ")
    return """
      DO $$ BEGIN
        IF to_regtype('\(name)') IS NULL THEN CREATE TYPE \(name) AS ENUM (\(list)); END IF;
      END $$;
      """
  }
}
