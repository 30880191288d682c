internal import Foundation
internal import GRDB
internal import JobCloning

/// Opens the database file: made if it is missing, for its owner alone, with the current tables,
/// and such that a commit is on stable storage when it returns.
struct DatabaseOpening {
  let path: String
  var limits = LogLimits()

  /// The connections to an open file.
  struct Connections {
    let pool: DatabasePool
    /// Copies the log into the file, see ``LogCheckpoints``.
    let checkpoints: DatabaseQueue
  }

  /// For how long a transaction waits for one of another process.
  static let busyTimeout: TimeInterval = 10

  /// `PRAGMA synchronous` reads so when every commit is synchronised.
  private static let full = 2

  /// Makes the file if it is missing; blocks.
  func prepare() throws(StoreError) {
    try checkPath()
    try createFile()
  }

  /// Refuses a database that a newer version made, and writes nothing; blocks.
  func requireKnownSchema() throws(StoreError) {
    do {
      var configuration = Configuration()
      configuration.readonly = true
      configuration.busyMode = .timeout(Self.busyTimeout)
      let database = try DatabaseQueue(path: path, configuration: configuration)
      guard try !database.read(Schema.migrator.hasBeenSuperseded) else { throw newerVersion }
    } catch {
      throw StoreError(error, database: path)
    }
  }

  private var newerVersion: StoreError {
    StoreError(.misconfigured, "jobs database \(path): a newer version of this software made it")
  }

  /// Opens the file that is there; blocks.
  func open() throws(StoreError) -> Connections {
    let deadline = Date(timeIntervalSinceNow: Self.busyTimeout)
    while true {
      do {
        let pool = try openPool()
        return try Connections(
          pool: pool, checkpoints: DatabaseQueue(path: path, configuration: configuration))
      } catch let error as DatabaseError
        where error.resultCode == .SQLITE_BUSY && Date() < deadline
      {
        // Turning WAL on does not wait for another process that does the same.
        Thread.sleep(forTimeInterval: 0.02)
      } catch {
        throw StoreError(error, database: path)
      }
    }
  }

  private func openPool() throws -> DatabasePool {
    let pool = try DatabasePool(path: path, configuration: configuration)
    // GRDB sets NORMAL when it turns WAL on, after the configuration had its say: a commit would
    // survive a crash of the process, but not one of the machine (clone-semantics §3).
    let synchronous = try pool.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA synchronous = FULL")
      return try Int.fetchOne(database, sql: "PRAGMA synchronous")
    }
    guard synchronous == Self.full else {
      throw StoreError(
        .misconfigured, "jobs database \(path): SQLite does not synchronise its commits")
    }
    try migrate(pool)
    try synchronizeLog()
    return pool
  }

  private func migrate(_ pool: DatabasePool) throws {
    let migrator = Schema.migrator
    guard try !pool.read(migrator.hasBeenSuperseded) else { throw newerVersion }
    var applied = try pool.read(migrator.appliedIdentifiers).count
    while true {
      do {
        return try migrator.migrate(pool)
      } catch {
        // Another process may have made the same step at the same moment: the next one is ours, or
        // its as well.
        let nowApplied = try pool.read(migrator.appliedIdentifiers).count
        guard nowApplied > applied else { throw error }
        applied = nowApplied
      }
    }
  }

  private var configuration: Configuration {
    var configuration = Configuration()
    configuration.label = "JobStoreSQLite"
    configuration.busyMode = .timeout(Self.busyTimeout)
    configuration.foreignKeysEnabled = true
    configuration.prepareDatabase { [limits] database in
      // 64 MB for the one writer, which all indexes go through; 16 MB for each reader.
      let cacheKilobytes = database.configuration.readonly ? 16 << 10 : 64 << 10
      try database.execute(
        sql: """
          PRAGMA cache_size = -\(cacheKilobytes);
          PRAGMA mmap_size = 0;
          PRAGMA journal_size_limit = \(limits.size);
          PRAGMA wal_autocheckpoint = 0;
          PRAGMA synchronous = FULL;
          PRAGMA trusted_schema = OFF;
          """)
    }
    return configuration
  }

  // MARK: Files

  private func checkPath() throws(StoreError) {
    var isDirectory: ObjCBool = false
    guard !path.isEmpty else { throw StoreError(.misconfigured, "jobs database: no path") }
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory),
      isDirectory.boolValue
    {
      throw StoreError(.misconfigured, "jobs database \(path): is a directory")
    }
  }

  /// Makes the file and the directories above it; SQLite gives its other files the same mode.
  ///
  /// The file is made without being opened: to close it would give up the locks that another store
  /// of this process holds on it.
  private func createFile() throws(StoreError) {
    let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
    do {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch {
      throw StoreError(
        .misconfigured, "jobs database \(path): cannot make \(directory)", cause: error)
    }
    guard mknod(path, S_IFREG | 0o600, 0) == 0 || errno == EEXIST else {
      throw systemError("cannot be made", errno)
    }
    guard access(path, R_OK | W_OK) == 0 else { throw systemError("cannot be used", errno) }
    try FolderNames.synchronize(from: directory)
  }

  /// Makes certain what SQLite found in the log, now that it counts as committed.
  ///
  /// A process that was killed may have written it and not synchronised it, and the next answer to
  /// a caller who repeats its request rests on it.
  private func synchronizeLog() throws(StoreError) {
    // SQLite holds no locks on the log, so closing another descriptor of it gives up none.
    let descriptor = Foundation.open(path + "-wal", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return }
      throw systemError("its log cannot be opened", errno)
    }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw systemError("its log cannot be synchronised", errno)
    }
  }

  private func systemError(_ what: String, _ number: Int32) -> StoreError {
    let code: StoreError.Code =
      switch number {
      case ENOSPC, EDQUOT: .full
      case EIO, ENFILE, EMFILE, ENOMEM: .unavailable
      default: .misconfigured
      }
    return StoreError(
      code, "jobs database \(path): \(what): \(String(cString: strerror(number)))")
  }
}
