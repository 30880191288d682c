internal import GRDB

/// The tables, as the migrations that lead to them; a migration is never changed once released.
///
/// Messages are kept as their protobuf bytes; the columns beside them are copies to search by.
/// Tables have integer keys, and ids grow with time in indexes of their own, so that rows and most
/// index entries are added at the end.
enum Schema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 jobs, operations, idempotency keys", migrate: makeTables)
    migrator.registerMigration("2 changes, unfinished work, removals", migrate: addChanges)
    migrator.registerMigration("3 contents of jobs in key order", migrate: reorderContents)
    migrator.registerMigration("4 jobs that stop at once", migrate: addStops)
    return migrator
  }

  // A time is two columns: nanoseconds since 1970 in one integer end in 2262, timestamps in 9999.
  // Deleting a job keeps its operations: a client may still ask for them.
  private static func makeTables(_ database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE jobs (
          number INTEGER PRIMARY KEY,
          id TEXT NOT NULL UNIQUE,
          project_id TEXT NOT NULL,
          created_seconds INTEGER NOT NULL,
          created_nanos INTEGER NOT NULL,
          name TEXT NOT NULL,
          status INTEGER NOT NULL,
          created_by_id TEXT NOT NULL,
          parent_job_id TEXT NOT NULL,
          message BLOB NOT NULL
        );
        CREATE INDEX jobs_by_time
          ON jobs (project_id, created_seconds, created_nanos, id);
        CREATE INDEX jobs_by_name
          ON jobs (project_id, name, created_seconds, created_nanos, id) WHERE name <> '';
        CREATE INDEX jobs_by_status
          ON jobs (project_id, status, created_seconds, created_nanos, id);
        CREATE INDEX jobs_by_creator
          ON jobs (project_id, created_by_id, created_seconds, created_nanos, id);
        CREATE INDEX jobs_by_parent
          ON jobs (project_id, parent_job_id, created_seconds, created_nanos, id)
          WHERE parent_job_id <> '';

        CREATE TABLE job_contents (
          job INTEGER NOT NULL REFERENCES jobs (number) ON DELETE CASCADE,
          project_id TEXT NOT NULL,
          sha256 TEXT NOT NULL,
          size_bytes INTEGER NOT NULL,
          PRIMARY KEY (job, sha256, size_bytes)
        ) WITHOUT ROWID;
        CREATE INDEX job_contents_by_content ON job_contents (project_id, sha256, size_bytes);

        CREATE TABLE operations (
          number INTEGER PRIMARY KEY,
          id TEXT NOT NULL UNIQUE,
          project_id TEXT NOT NULL,
          job_id TEXT NOT NULL,
          message BLOB NOT NULL
        );

        CREATE TABLE idempotency_keys (
          principal_id TEXT NOT NULL,
          method TEXT NOT NULL,
          key TEXT NOT NULL,
          request_digest BLOB NOT NULL,
          operation_id TEXT NOT NULL,
          expires_seconds INTEGER NOT NULL,
          expires_nanos INTEGER NOT NULL,
          UNIQUE (principal_id, method, key)
        );
        CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_seconds);

        CREATE TABLE installation (
          name TEXT NOT NULL PRIMARY KEY,
          value BLOB NOT NULL
        );
        """)
  }
}
