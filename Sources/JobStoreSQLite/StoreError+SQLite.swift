internal import GRDB
internal import JobCloning

extension StoreError {
  /// An error of the database file at this path, in the terms of the domain.
  init(_ error: any Error, database path: String) {
    if let error = error as? StoreError {
      self = error
      return
    }
    guard let error = error as? DatabaseError else {
      self.init(.unavailable, "jobs database \(path)", cause: error)
      return
    }
    let reason = error.message ?? error.resultCode.description
    self.init(Self.code(of: error), "jobs database \(path): \(reason)", cause: error)
  }

  private static func code(of error: DatabaseError) -> Code {
    switch error.resultCode {
    case .SQLITE_FULL: .full
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: .corrupted
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: .misconfigured
    default: .unavailable
    }
  }
}
