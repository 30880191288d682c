internal import GRDB
internal import JobCloning
internal import JobMessages

/// How a creation ended, with the stored operation not decoded yet.
enum CommittedOutcome: Sendable {
  case created
  case repeated(OperationTable.EncodedOperation)
  case keyReused
  case nameTaken
}

/// The transaction that decides on creations and stores them, all or none.
enum CreationTransaction {
  /// Stores creations one after another in one transaction, durable when this returns.
  ///
  /// It holds the lock for writing from its beginning, so that what it looked up stays true until
  /// it commits, for other processes as well.
  static func store(
    _ creations: [EncodedCreation], in database: Database
  ) throws -> [CommittedOutcome] {
    var outcomes: [CommittedOutcome] = []
    outcomes.reserveCapacity(creations.count)
    try database.inTransaction(.immediate) {
      for creation in creations { outcomes.append(try decide(creation, in: database)) }
      return .commit
    }
    return outcomes
  }

  /// Stores one creation in its own transaction.
  static func store(_ creation: EncodedCreation, in database: Database) throws -> CommittedOutcome {
    var outcome = CommittedOutcome.created
    try database.inTransaction(.immediate) {
      outcome = try decide(creation, in: database)
      return .commit
    }
    return outcome
  }

  /// Whether the transaction did not even begin, as another process's did not end.
  static func isBusy(_ error: any Error) -> Bool {
    (error as? DatabaseError)?.resultCode == .SQLITE_BUSY
  }

  /// Nothing is written unless the outcome is `created`.
  private static func decide(
    _ encoded: EncodedCreation, in database: Database
  ) throws -> CommittedOutcome {
    let creation = encoded.creation
    if let claim = creation.idempotency {
      switch try OperationTable.claimed(claim, in: database) {
      case .same(let operation): return .repeated(operation)
      case .other: return .keyReused
      case nil: break
      }
    }
    if creation.requiresUniqueName {
      let job = creation.job
      guard try !JobTable.hasJob(named: job.name, projectID: job.projectID, in: database) else {
        return .nameTaken
      }
    }
    try JobTable.insert(encoded, in: database)
    try OperationTable.insert(encoded, in: database)
    return .created
  }
}
