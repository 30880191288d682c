internal import GRDB

extension Schema {
  /// Puts the columns of the key of `job_contents` first.
  ///
  /// SQLite before 3.41 mixes the columns of a `WITHOUT ROWID` table up where its key is not made of
  /// the first ones, and its `PRAGMA integrity_check` then reports values that are not there as
  /// NULL.
  static func reorderContents(_ database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE ordered_job_contents (
          job INTEGER NOT NULL REFERENCES jobs (number) ON DELETE CASCADE,
          sha256 TEXT NOT NULL,
          size_bytes INTEGER NOT NULL,
          project_id TEXT NOT NULL,
          PRIMARY KEY (job, sha256, size_bytes)
        ) WITHOUT ROWID;
        INSERT INTO ordered_job_contents (job, sha256, size_bytes, project_id)
          SELECT job, sha256, size_bytes, project_id FROM job_contents
          ORDER BY job, sha256, size_bytes;
        DROP TABLE job_contents;
        ALTER TABLE ordered_job_contents RENAME TO job_contents;
        CREATE INDEX job_contents_by_content ON job_contents (project_id, sha256, size_bytes);
        """)
  }
}
