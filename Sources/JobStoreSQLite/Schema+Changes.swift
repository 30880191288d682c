internal import Foundation
internal import GRDB
internal import JobMessages
internal import ProtobufWire

extension Schema {
  /// How many messages are decoded at once for their new columns.
  private static let pageSize = 500

  /// For how long URLs that the version before handed out may still be used, as far as it is known:
  /// their lifetime was not kept, this is its default in seconds.
  private static let uploadLifetime = 86_400

  // A row whose message cannot be decoded keeps the defaults: it is found by its id, where its fault
  // is told, is no work to do, and is not forgotten as its time of modification is unknown.
  static func addChanges(_ database: Database) throws {
    try database.execute(
      sql: """
        ALTER TABLE jobs ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE jobs ADD COLUMN uploads_expire INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE jobs ADD COLUMN data_expires INTEGER;

        ALTER TABLE operations ADD COLUMN created_seconds INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE operations ADD COLUMN created_nanos INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE operations ADD COLUMN is_done INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE operations ADD COLUMN modified_seconds INTEGER;
        ALTER TABLE operations ADD COLUMN work_kind INTEGER;
        ALTER TABLE operations ADD COLUMN work_payload BLOB;
        ALTER TABLE operations ADD COLUMN lease_holder TEXT;
        ALTER TABLE operations ADD COLUMN lease_expires INTEGER;

        UPDATE jobs SET uploads_expire = CAST(strftime('%s', 'now') AS INTEGER) + \(uploadLifetime)
          WHERE status = \(JobStatus.creating.rawValue);
        """)
    try fillJobs(database)
    try fillOperations(database)
    try database.execute(
      sql: """
        CREATE INDEX jobs_by_data_expiry ON jobs (data_expires, id)
          WHERE data_expires IS NOT NULL;
        CREATE INDEX jobs_by_uploads_expiry ON jobs (uploads_expire, id)
          WHERE status = \(JobStatus.creating.rawValue);

        CREATE INDEX operations_by_time
          ON operations (project_id, created_seconds, created_nanos, id);
        CREATE INDEX operations_by_job
          ON operations (job_id, created_seconds, created_nanos, id);
        CREATE INDEX operations_by_end ON operations (modified_seconds) WHERE is_done = 1;
        CREATE INDEX operations_unfinished
          ON operations (project_id, created_seconds, created_nanos, id) WHERE is_done = 0;
        CREATE INDEX operations_by_lease ON operations (lease_expires) WHERE is_done = 0;

        CREATE TABLE content_removals (
          number INTEGER PRIMARY KEY,
          project_id TEXT NOT NULL,
          sha256 TEXT NOT NULL,
          size_bytes INTEGER NOT NULL,
          stage INTEGER NOT NULL,
          epoch INTEGER NOT NULL,
          UNIQUE (project_id, sha256, size_bytes)
        );
        CREATE INDEX content_removals_to_do ON content_removals (number) WHERE stage < 3;
        CREATE INDEX content_removals_done ON content_removals (epoch) WHERE stage = 3;

        CREATE TABLE content_epoch (
          number INTEGER PRIMARY KEY CHECK (number = 1),
          epoch INTEGER NOT NULL
        );
        INSERT INTO content_epoch (number, epoch) VALUES (1, 1);
        """)
  }

  private static func fillJobs(_ database: Database) throws {
    let expiry = try database.makeStatement(
      sql: "UPDATE jobs SET data_expires = ? WHERE number = ?")
    let release = try database.makeStatement(sql: "DELETE FROM job_contents WHERE job = ?")
    try forEachMessage(of: "jobs", in: database) { number, bytes in
      guard let job = try? Job(serializedBytes: bytes) else { return }
      if let second = job.dataExpirySecond { try expiry.execute(arguments: [second, number]) }
      // From now on a job whose data is cleared refers to nothing.
      if job.dataCleared { try release.execute(arguments: [number]) }
    }
  }

  private static func fillOperations(_ database: Database) throws {
    let statement = try database.makeStatement(
      sql: """
        UPDATE operations
        SET created_seconds = ?, created_nanos = ?, is_done = ?, modified_seconds = ?
        WHERE number = ?
        """)
    try forEachMessage(of: "operations", in: database) { number, bytes in
      guard let operation = try? LongRunningOperation(serializedBytes: bytes) else { return }
      let createdAt = operation.createdAt ?? ProtobufTimestamp()
      try statement.execute(arguments: [
        createdAt.seconds, createdAt.nanos, operation.done, operation.modifiedAt?.seconds ?? 0,
        number,
      ])
    }
  }

  private static func forEachMessage(
    of table: String, in database: Database, _ body: (Int64, [UInt8]) throws -> Void
  ) throws {
    let statement = try database.makeStatement(
      sql: "SELECT number, message FROM \(table) WHERE number > ? ORDER BY number LIMIT ?")
    var last = Int64.min
    while true {
      let rows = try Row.fetchAll(statement, arguments: [last, pageSize])
      guard let end = rows.last else { return }
      for row in rows {
        let message: Data = row[1]
        try body(row[0], [UInt8](message))
      }
      last = end[0]
    }
  }
}
