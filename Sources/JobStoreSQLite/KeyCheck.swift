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
      if let mark = try mark(in: database) {
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

  private func isCurrent(_ database: Database) throws -> Bool {
    try mark(in: database) == keys.mac(Self.message, purpose: Self.name)
  }

  private func mark(in database: Database) throws -> [UInt8]? {
    let sql = "SELECT value FROM installation WHERE name = ?"
    return try Data.fetchOne(database, sql: sql, arguments: [Self.name]).map { Array($0) }
  }
}
