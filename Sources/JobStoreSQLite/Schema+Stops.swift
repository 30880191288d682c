internal import GRDB

extension Schema {
  /// Adds how urgently a job is to stop; those that are being stopped may do so in their time.
  static func addStops(_ database: Database) throws {
    try database.execute(
      sql: "ALTER TABLE jobs ADD COLUMN stops_at_once INTEGER NOT NULL DEFAULT 0")
  }
}
