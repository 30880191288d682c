internal import GRDB
internal import JobCloning
internal import JobMessages

/// How a creation ended, with the stored operation not decoded yet.
enum CommittedOutcome: Sendable {
  case created
  case repeated(OperationTable.EncodedOperation)
  case keyReused
  case nameTaken
  case contentsChanged
}

/// How a change ended, with the stored operation not decoded yet.
enum CommittedChange: Sendable {
  case changed(revision: Int64?)
  case conflict
  case leaseLost
  case repeated(OperationTable.EncodedOperation)
  case keyReused
}

/// The decisions that the writes of jobs and operations make, and what each stores, all or none.
///
/// Each runs inside a transaction that holds the lock for writing, so that what it looks up stays
/// true until it commits, for other processes as well.
enum JobWrites {
  /// Stores a creation; nothing is written unless the outcome is `created`.
  static func create(
    _ encoded: EncodedCreation, in database: Database
  ) throws -> CommittedOutcome {
    let creation = encoded.creation
    if let earlier = try earlier(creation.idempotency, in: database) { return earlier }
    let job = creation.job
    if creation.requiresUniqueName {
      guard try !JobTable.hasJob(named: job.name, projectID: job.projectID, in: database) else {
        return .nameTaken
      }
    }
    let admission = try ContentRemoval.admission(
      of: creation.contents, projectID: job.projectID, since: creation.contentEpoch, in: database)
    guard let admission else { return .contentsChanged }
    try ContentRemoval.takeMarksAway(admission, in: database)
    let number = try JobTable.insert(encoded, in: database)
    if !job.dataCleared {
      try ContentTable.add(
        creation.contents, ofJob: number, projectID: job.projectID, in: database)
    }
    try OperationTable.insert(encoded.operation, creation.idempotency, in: database)
    return .created
  }

  /// Changes a job; nothing is written unless the outcome is `changed`.
  static func change(_ encoded: EncodedChange, in database: Database) throws -> CommittedChange {
    let change = encoded.change
    switch try earlier(change.idempotency, in: database) {
    case .repeated(let operation): return .repeated(operation)
    case .keyReused: return .keyReused
    case .created, .nameTaken, .contentsChanged, nil: break
    }
    guard let row = try JobTable.identity(of: change.jobID, in: database),
      row.revision == change.revision
    else { return .conflict }
    let admission = try ContentRemoval.admission(
      of: change.addedContents, projectID: row.projectID, since: change.contentEpoch, in: database)
    guard let admission else { return .conflict }
    if let updated = change.updatedOperation {
      guard try OperationTable.isChangeable(updated, in: database) else { return .leaseLost }
    }

    try ContentRemoval.takeMarksAway(admission, in: database)
    // A job whose data is cleared refers to nothing, whatever the change says.
    let isLive = change.job.map { !$0.dataCleared } ?? false
    let released =
      change.releasesContents || !isLive
      ? try ContentTable.release(ofJob: row.number, projectID: row.projectID, in: database) : []
    if isLive {
      try ContentTable.add(
        change.addedContents, ofJob: row.number, projectID: row.projectID, in: database)
    }
    if let job = change.job, let message = encoded.job {
      try JobTable.update(
        row.number, to: job, message, stopsAtOnce: change.stopsAtOnce, in: database)
    } else {
      try JobTable.delete(row.number, in: database)
    }
    for content in released { try ContentRemoval.mark(content, in: database) }
    if let new = encoded.newOperation(projectID: row.projectID) {
      try OperationTable.insert(new, change.idempotency, in: database)
    }
    if let updated = encoded.updatedOperation {
      try OperationTable.update(updated, in: database)
    }
    return .changed(revision: change.job == nil ? nil : row.revision + 1)
  }

  /// Stores an operation alone, or its key where there is the operation already; nothing is written
  /// unless the outcome is `created`.
  static func add(
    _ operation: OperationRow, _ idempotency: IdempotencyClaim?, in database: Database
  ) throws -> CommittedOutcome {
    if let earlier = try earlier(idempotency, in: database) { return earlier }
    if try OperationTable.operation(id: operation.id, in: database) == nil {
      try OperationTable.insert(operation, idempotency, in: database)
    } else if let idempotency {
      try OperationTable.insert(idempotency, for: operation.id, in: database)
    }
    return .created
  }

  private static func earlier(
    _ claim: IdempotencyClaim?, in database: Database
  ) throws -> CommittedOutcome? {
    guard let claim else { return nil }
    return switch try OperationTable.claimed(claim, in: database) {
    case .same(let operation): .repeated(operation)
    case .other: .keyReused
    case nil: nil
    }
  }
}
