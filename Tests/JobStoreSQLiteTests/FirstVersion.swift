import Foundation
import GRDB
import JobCloning
import JobMessages
import ProtobufWire

/// Databases as version 1 made them, by its SQL of then.
enum FirstVersion {
  /// Makes a database of these creations.
  static func make(at path: String, of creations: [JobCreation], keys: KeyRing) throws {
    try FileManager.default.createDirectory(
      atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path,
      withIntermediateDirectories: true)
    let database = try DatabaseQueue(path: path)
    try database.write { database in
      try database.execute(sql: tables)
      let mark = Data(keys.mac(Array("jobs database".utf8), purpose: "key check"))
      try database.execute(
        sql: "INSERT INTO installation VALUES ('key check', ?)", arguments: [mark])
      for creation in creations { try insert(creation, in: database) }
    }
    try database.close()
  }

  private static func insert(_ creation: JobCreation, in database: Database) throws {
    let job = creation.job
    let createdAt = job.createdAt ?? ProtobufTimestamp()
    try database.execute(
      sql: """
        INSERT INTO jobs (id, project_id, created_seconds, created_nanos, name, status,
          created_by_id, parent_job_id, message) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        job.id, job.projectID, createdAt.seconds, createdAt.nanos, job.name, job.status.rawValue,
        job.createdByID, job.parentJobID, Data(job.serializedBytes()),
      ])
    let number = database.lastInsertedRowID
    for content in creation.contents {
      try database.execute(
        sql: "INSERT INTO job_contents VALUES (?, ?, ?, ?)",
        arguments: [number, job.projectID, content.sha256, content.sizeBytes])
    }
    let operation = creation.operation
    try database.execute(
      sql: "INSERT INTO operations (id, project_id, job_id, message) VALUES (?, ?, ?, ?)",
      arguments: [operation.id, job.projectID, job.id, Data(operation.serializedBytes())])
    guard let claim = creation.idempotency else { return }
    try database.execute(
      sql: "INSERT INTO idempotency_keys VALUES (?, ?, ?, ?, ?, ?, ?)",
      arguments: [
        claim.principalID, claim.method, claim.key, Data(claim.requestDigest), operation.id,
        claim.expiresAt.seconds, claim.expiresAt.nanos,
      ])
  }

  private static let tables = """
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

    CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
    INSERT INTO grdb_migrations VALUES ('1 jobs, operations, idempotency keys');
    """
}
