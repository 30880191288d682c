import Foundation
import GRDB
import JobCloning
import JobMessages
import ProtobufWire

/// Databases as version 2 made them, by its SQL of then.
enum SecondVersion {
  /// What version 2 keeps of a job beyond version 1.
  static let revision: Int64 = 7
  static let uploadsExpire: Int64 = 1_700_100_000
  /// The number that the last removal of a content made.
  static let epoch: Int64 = 41

  /// Makes a database of these creations and notes of removals, by their stage.
  static func make(
    at path: String, of creations: [JobCreation], removals: [Int: StoredContent], keys: KeyRing
  ) throws {
    try FirstVersion.make(at: path, of: creations, keys: keys)
    let database = try DatabaseQueue(path: path)
    try database.write { database in
      try database.execute(sql: changes)
      for creation in creations { try fill(creation, in: database) }
      for (stage, stored) in removals.sorted(by: { $0.key < $1.key }) {
        try database.execute(
          sql: """
            INSERT INTO content_removals (project_id, sha256, size_bytes, stage, epoch)
            VALUES (?, ?, ?, ?, ?)
            """,
          arguments: [
            stored.projectID, stored.content.sha256, stored.content.sizeBytes, stage,
            stage == 1 ? 0 : epoch - 3 + Int64(stage),
          ])
      }
      try database.execute(sql: "UPDATE content_epoch SET epoch = ?", arguments: [epoch])
    }
    try database.close()
  }

  private static func fill(_ creation: JobCreation, in database: Database) throws {
    let (job, operation) = (creation.job, creation.operation)
    try database.execute(
      sql: "UPDATE jobs SET revision = ?, uploads_expire = ?, data_expires = ? WHERE id = ?",
      arguments: [revision, uploadsExpire, job.dataExpiresAt?.seconds, job.id])
    let work = operation.done ? nil : creation.work
    try database.execute(
      sql: """
        UPDATE operations SET created_seconds = ?, created_nanos = ?, is_done = ?,
          modified_seconds = ?, work_kind = ?, work_payload = ?, lease_holder = ?,
          lease_expires = ?
        WHERE id = ?
        """,
      arguments: [
        operation.createdAt?.seconds ?? 0, operation.createdAt?.nanos ?? 0, operation.done,
        operation.modifiedAt?.seconds ?? 0, work?.kind.rawValue, work.map { Data($0.payload) },
        work?.lease.holder, work?.lease.expires, operation.id,
      ])
  }

  private static let changes = """
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

    CREATE INDEX jobs_by_data_expiry ON jobs (data_expires, id)
      WHERE data_expires IS NOT NULL;
    CREATE INDEX jobs_by_uploads_expiry ON jobs (uploads_expire, id)
      WHERE status = 1;

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

    INSERT INTO grdb_migrations VALUES ('2 changes, unfinished work, removals');
    """
}
