internal import Dispatch
internal import Foundation
internal import GRDB
public import JobCloning
public import JobMessages
public import Logging
public import Metrics
internal import ProtobufWire

/// Jobs, operations and idempotency keys in one SQLite file: the embedded default.
///
/// Several processes may use one file at the same time. What a method wrote is on stable storage
/// when it returns. SQLite works on threads of its own: no caller's thread waits for the disk.
/// Once handed over, a write is completed and its true outcome returned, even if the calling task
/// is cancelled meanwhile.
///
/// The file does not shrink when jobs are removed and operations forgotten: what that sets free is
/// used again by what comes, so it stays as large as the store was at its fullest. To give space
/// back, run `VACUUM` on it while no process uses it.
public final class SQLiteJobStore: JobStore, Sendable {
  /// The keys that seal secrets and authenticate digests of what this store keeps.
  public let keys: KeyRing

  let pool: DatabasePool
  let writes: WriteQueue
  private let checkpoints: LogCheckpoints
  private let lock: StoreLock

  /// Opens a database file, made if it is missing, together with its keys.
  ///
  /// It blocks while it does. The file, and directories that are missing above it, are made for
  /// their owner alone. A key file that is missing is made only for a database that was never used
  /// with keys: one that was lost has to be put back.
  ///
  /// - Parameters:
  ///   - path: the database file; SQLite keeps two more beside it, `-wal` and `-shm`.
  ///   - keys: the keys of what is stored; by default those in the key file.
  ///   - keyFile: the file of the keys; by default `<path>.key`.
  ///   - changesKeys: whether the keys are to be changed or removed: then no other store of the
  ///     database may be open in any process, and none can be opened until this one is closed.
  ///   - logger: gets the version of SQLite, and what makes the file `-wal` grow.
  ///   - metrics: the metrics system of the gauge `jobs.store.log.size`, the bytes in use of the
  ///     file `-wal`, and of the counter `jobs.store.log.checkpoints`; by default the process's, so
  ///     bootstrap it before.
  /// - Throws: `StoreError` naming the file: `.misconfigured` for a path, a permission, keys or
  ///   a version of the database that cannot be used, `.corrupted` for a file that is not a
  ///   database, `.full` and `.unavailable` when the disk fails.
  public convenience init(
    path: String, keys: KeyRing? = nil, keyFile: String? = nil, changesKeys: Bool = false,
    logger: Logger = Logger(label: "job-store") { _ in SwiftLogNoOpLogHandler() },
    metrics: any MetricsFactory = MetricsSystem.factory
  ) throws(StoreError) {
    try self.init(
      path: path, keys: keys, keyFile: keyFile, lock: changesKeys ? .exclusive : .shared,
      limits: LogLimits(), logger: logger, metrics: metrics)
  }

  init(
    path: String, keys: KeyRing?, keyFile: String? = nil, lock mode: StoreLock.Mode = .shared,
    limits: LogLimits, logger: Logger, metrics: any MetricsFactory
  ) throws(StoreError) {
    let opening = DatabaseOpening(path: path, limits: limits)
    try opening.prepare()
    lock = try StoreLock(database: path, mode)
    let connections = try opening.open()
    pool = connections.pool
    self.keys =
      if let keys { keys } else {
        try KeyCheck.keys(ofFile: keyFile ?? path + ".key", for: connections.pool)
      }
    do {
      let pages = LogPageCounter()
      let version = try pool.writeWithoutTransaction { database in
        pages.watch(database)
        return try String.fetchOne(database, sql: "SELECT sqlite_version()")
      }
      logger.debug(
        "jobs database opened", metadata: ["file": "\(path)", "sqlite": "\(version ?? "")"])
      checkpoints = try LogCheckpoints(
        connections.checkpoints, limits: limits, pages: pages,
        report: LogReport(path: path, limits: limits, logger: logger, factory: metrics),
        logger: logger)
      writes = WriteQueue(pool: pool, checkpoints: checkpoints)
      try KeyCheck(keys: self.keys).run(in: pool)
    } catch {
      throw StoreError(error, database: path)
    }
  }

  /// Refuses a database that a newer version of this software made; writes nothing, and blocks.
  ///
  /// - Throws: `StoreError` with `.misconfigured`.
  public static func requireKnownVersion(path: String) throws(StoreError) {
    try DatabaseOpening(path: path).requireKnownSchema()
  }

  /// The job with this id, or nil.
  public func job(id: String) async throws(StoreError) -> Job? {
    guard let message = try await read({ try JobTable.message(of: id, in: $0) }) else {
      return nil
    }
    return try decode(message) { "job \(id)" }
  }

  /// Stores a job, its operation, its references to contents and its idempotency key, all or none.
  public func create(_ creation: JobCreation) async throws(StoreError) -> JobCreationOutcome {
    let encoded = EncodedCreation(creation)
    return try decode(await write { try JobWrites.create(encoded, in: $0) })
  }

  /// The operation with this id, or nil.
  public func operation(id: String) async throws(StoreError) -> StoredOperation? {
    guard let operation = try await read({ try OperationTable.operation(id: id, in: $0) }) else {
      return nil
    }
    return try decode(operation)
  }

  /// The operation that an earlier request with this idempotency key made, if there is one.
  public func idempotent(_ claim: IdempotencyClaim) async throws(StoreError) -> JobCreationOutcome?
  {
    switch try await read({ try OperationTable.claimed(claim, in: $0) }) {
    case .same(let operation): return .repeated(try decode(operation))
    case .other: return .keyReused
    case nil: return nil
    }
  }

  /// Completes what is under way and closes the file; every later call fails with `.unavailable`.
  ///
  /// A store that is released without it closes the file as well.
  public func close() async throws(StoreError) {
    writes.close()
    let result: Result<Void, any Error> = await withCheckedContinuation { continuation in
      DispatchQueue.global().async { [pool, checkpoints] in
        // Readers first: only a connection that may write and is the last tidies the log away.
        pool.invalidateReadOnlyConnections()
        continuation.resume(
          returning: Result {
            try pool.close()
            try checkpoints.close()
          })
      }
    }
    lock.release()
    do {
      try result.get()
    } catch {
      throw StoreError(error, database: pool.path)
    }
  }
}

extension SQLiteJobStore {
  /// Reads from one snapshot of the database; a cancelled task gets its answer all the same.
  func read<Value: Sendable>(
    _ work: @escaping @Sendable (Database) throws -> Value
  ) async throws(StoreError) -> Value {
    let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
      pool.asyncRead { database in
        continuation.resume(returning: Result { try work(database.get()) })
      }
    }
    do {
      return try result.get()
    } catch {
      throw StoreError(error, database: pool.path)
    }
  }

  /// Writes together with what others write at the same time; it is durable when this returns.
  func write<Value: Sendable>(
    _ work: @escaping @Sendable (Database) throws -> Value
  ) async throws(StoreError) -> Value {
    do {
      return try await writes.write(work)
    } catch {
      throw StoreError(error, database: pool.path)
    }
  }

  func decode(_ outcome: CommittedOutcome) throws(StoreError) -> JobCreationOutcome {
    switch outcome {
    case .created: .created
    case .repeated(let operation): .repeated(try decode(operation))
    case .keyReused: .keyReused
    case .nameTaken: .nameTaken
    case .contentsChanged: .contentsChanged
    }
  }

  func decode(_ stored: JobTable.EncodedJob) throws(StoreError) -> StoredJob {
    StoredJob(
      job: try decode(stored.message) { "job \(stored.id)" }, revision: stored.revision,
      uploadsExpire: stored.uploadsExpire, stopsAtOnce: stored.stopsAtOnce)
  }

  func decode(_ message: Data, _ what: () -> String) throws(StoreError) -> Job {
    do {
      return try Job(serializedBytes: [UInt8](message))
    } catch {
      throw undecodable(what(), error)
    }
  }

  func decode(
    _ stored: OperationTable.EncodedOperation
  ) throws(StoreError) -> StoredOperation {
    do {
      return try stored.decoded()
    } catch {
      throw undecodable("operation \(stored.id)", error)
    }
  }

  private func undecodable(_ what: String, _ error: any Error) -> StoreError {
    StoreError(
      .corrupted, "jobs database \(pool.path): \(what) cannot be decoded", cause: error)
  }
}
