import Foundation
import GRDBSQLite
import Synchronization

/// Watches SQLite synchronise its files and make checkpoints, from inside: a layer over its default
/// file system.
///
/// It passes everything on, after it told what a test wants to know, and fails when the test says
/// so. ``install()`` comes before the databases that are to be watched are opened.
enum SyncWatch {
  private struct Watch: Sendable {
    let path: String
    var onSync: @Sendable () -> Failure? = { nil }
    var onCheckpoint: @Sendable () -> Void = {}
  }

  /// How a synchronisation fails.
  enum Failure: Sendable {
    /// `EIO`, as from a broken disk.
    case brokenDisk
  }

  private typealias File = UnsafeMutablePointer<sqlite3_file>
  private typealias FileSystem = UnsafeMutablePointer<sqlite3_vfs>
  private typealias Sync = @convention(c) (File?, Int32) -> Int32
  private typealias Unfetch =
    @convention(c) (File?, sqlite3_int64, UnsafeMutableRawPointer?) -> Int32

  // Pointers are kept as addresses: what they point to lives as long as the process.
  private struct State {
    var watch: Watch?
    /// The paths of open files, by the address of SQLite's structure.
    var paths: [UInt: String] = [:]
    /// Tables of functions with ours in them, by the address of the table that each replaces.
    var tables: [UInt: UInt] = [:]
    /// SQLite's function; all its tables for files have the same.
    var sync: Sync?
    var unfetch: Unfetch?
  }

  private static let state = Mutex(State())

  /// Watches a file while `body` runs; `onSync` is called before it is synchronised, on the thread
  /// that waits for it.
  static func watching<Value>(
    _ path: String, _ onSync: @escaping @Sendable () -> Failure?,
    while body: () async throws -> Value
  ) async rethrows -> Value {
    try await watching(Watch(path: path, onSync: onSync), while: body)
  }

  /// Watches a database while `body` runs; `onCheckpoint` is called in the middle of a checkpoint,
  /// on its thread: SQLite has read how far the log goes, and has not begun to copy.
  ///
  /// Only a connection that has not read the latest state of the database is seen, as it then gives
  /// up what it had mapped of the file.
  static func watchingCheckpoints<Value>(
    of path: String, _ onCheckpoint: @escaping @Sendable () -> Void,
    while body: () async throws -> Value
  ) async rethrows -> Value {
    try await watching(Watch(path: path, onCheckpoint: onCheckpoint), while: body)
  }

  private static func watching<Value>(
    _ watch: Watch, while body: () async throws -> Value
  ) async rethrows -> Value {
    state.withLock { $0.watch = watch }
    defer { state.withLock { $0.watch = nil } }
    return try await body()
  }

  /// Puts the layer in front, once for the process.
  static func install() { _ = layer }

  private final class Layer: @unchecked Sendable {
    // SAFETY: written once, before SQLite knows of the layer, and only read from then on.
    let original: FileSystem
    let watched: FileSystem

    init(over original: FileSystem) {
      self.original = original
      // SAFETY: never deallocated, as SQLite wants of a file system that is registered.
      watched = .allocate(capacity: 1)
      watched.initialize(to: original.pointee)
      watched.pointee.zName = UnsafePointer(strdup("watched"))
      watched.pointee.pNext = nil
      watched.pointee.xOpen = { SyncWatch.open($0, $1, $2, $3, $4) }
    }
  }

  private static let layer: Layer? = {
    guard let layer = sqlite3_vfs_find(nil).map({ Layer(over: $0) }) else { return nil }
    return sqlite3_vfs_register(layer.watched, 1) == SQLITE_OK ? layer : nil
  }()

  private static func open(
    _ system: FileSystem?, _ name: UnsafePointer<CChar>?, _ file: File?, _ flags: Int32,
    _ outFlags: UnsafeMutablePointer<Int32>?
  ) -> Int32 {
    guard let file, let layer,
      let code = layer.original.pointee.xOpen?(system, name, file, flags, outFlags)
    else { return SQLITE_CANTOPEN }
    guard code == SQLITE_OK, let methods = file.pointee.pMethods else { return code }
    let path = name.map { String(cString: $0) }
    let address = state.withLock { state in
      state.paths[UInt(bitPattern: file)] = path
      return SyncWatch.table(for: methods, in: &state)
    }
    file.pointee.pMethods = UnsafePointer(bitPattern: address)
    return code
  }

  private static func table(
    for original: UnsafePointer<sqlite3_io_methods>, in state: inout State
  ) -> UInt {
    let key = UInt(bitPattern: original)
    if let table = state.tables[key] { return table }
    state.sync = original.pointee.xSync
    state.unfetch = original.pointee.xUnfetch
    // SAFETY: never deallocated, since files may be open until the process ends.
    let copy = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
    copy.initialize(to: original.pointee)
    copy.pointee.xSync = { SyncWatch.sync($0, $1) }
    copy.pointee.xUnfetch = { SyncWatch.unfetch($0, $1, $2) }
    state.tables[key] = UInt(bitPattern: copy)
    return UInt(bitPattern: copy)
  }

  private static func unfetch(
    _ file: File?, _ offset: sqlite3_int64, _ page: UnsafeMutableRawPointer?
  ) -> Int32 {
    let key = UInt(bitPattern: file)
    let (watch, unfetch) = state.withLock { state in
      (state.watch.flatMap { state.paths[key] == $0.path ? $0 : nil }, state.unfetch)
    }
    if page == nil { watch?.onCheckpoint() }
    return unfetch?(file, offset, page) ?? SQLITE_IOERR
  }

  private static func sync(_ file: File?, _ flags: Int32) -> Int32 {
    let key = UInt(bitPattern: file)
    let (onSync, sync) = state.withLock { state in
      (state.watch.flatMap { state.paths[key] == $0.path ? $0.onSync : nil }, state.sync)
    }
    switch onSync?() {
    // SQLITE_IOERR_FSYNC, a macro that does not reach Swift.
    case .brokenDisk: return SQLITE_IOERR | (4 << 8)
    case nil: return sync?(file, flags) ?? SQLITE_IOERR
    }
  }
}
