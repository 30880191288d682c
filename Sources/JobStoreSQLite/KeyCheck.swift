internal import Foundation
internal import GRDB
internal import JobCloning

/// Notices that the keys are not those that the database was written with.
///
/// With a lost key file, and a new one made in its place, every sealed password would be
/// unreadable and nobody would know until a job needs one (clone-semantics §6).
struct KeyCheck {
  let keys: KeyRing

  private static let name = "key check"
  private static let message = Array("jobs database".utf8)

  /// Compares the keys with the mark in the database and renews the mark with the current key.
  func run(in pool: DatabasePool) throws {
    let isKnown = try pool.read { try isCurrent($0) }
    guard !isKnown else { return }
    try pool.write { database in
      if let mark = try Self.mark(in: database) {
        guard keys.isValidMAC(mark, for: Self.message, purpose: Self.name) else {
          throw StoreError(
            .misconfigured,
            "jobs database \(pool.path): these are not the keys that it was written with")
        }
      }
      try database.execute(
        sql: "INSERT OR REPLACE INTO installation (name, value) VALUES (?, ?)",
        arguments: [Self.name, Data(keys.mac(Self.message, purpose: Self.name))])
    }
  }

  /// The keys in a file, which is made if it is missing and the database does not know any keys yet.
  static func keys(ofFile path: String, for pool: DatabasePool) throws(StoreError) -> KeyRing {
    if let keys = try KeyRing.load(file: path) { return keys }
    let isKnown: Bool
    do {
      isKnown = try pool.read { try mark(in: $0) != nil }
    } catch {
      throw StoreError(error, database: pool.path)
    }
    guard isKnown else { return try KeyRing.loadOrCreate(file: path) }
    // Another process may have made both since the first look; the file comes before the mark.
    if let keys = try KeyRing.load(file: path) { return keys }
    throw StoreError(
      .misconfigured,
      "key file \(path) is missing, and the database \(pool.path) was written with its keys; "
        + "put it back, as nothing else opens the passwords")
  }

  private func isCurrent(_ database: Database) throws -> Bool {
    try Self.mark(in: database) == keys.mac(Self.message, purpose: Self.name)
  }

  private static func mark(in database: Database) throws -> [UInt8]? {
    let sql = "SELECT value FROM installation WHERE name = ?"
    return try Data.fetchOne(database, sql: sql, arguments: [name]).map { Array($0) }
  }
}
