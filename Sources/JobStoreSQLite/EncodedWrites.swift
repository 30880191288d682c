internal import Foundation
internal import JobCloning
internal import JobMessages
internal import ProtobufWire

/// A creation in the form in which it is stored, made before it waits for the writer.
struct EncodedCreation: Sendable {
  let creation: JobCreation
  let job: Data
  let operation: OperationRow

  init(_ creation: JobCreation) {
    self.creation = creation
    job = Data(creation.job.serializedBytes())
    operation = OperationRow(
      creation.operation, projectID: creation.job.projectID, jobID: creation.job.id,
      work: creation.work)
  }
}

/// A change in the form in which it is stored, made before it waits for the writer.
struct EncodedChange: Sendable {
  let change: JobChange
  let job: Data?
  let updatedOperation: OperationRow?
  private let newOperation: OperationRow?

  init(_ change: JobChange) {
    self.change = change
    job = change.job.map { Data($0.serializedBytes()) }
    updatedOperation = change.updatedOperation.map {
      OperationRow($0.operation, projectID: "", jobID: change.jobID)
    }
    newOperation = change.newOperation.map {
      OperationRow($0.operation, projectID: "", jobID: change.jobID, work: $0.work)
    }
  }

  /// The operation that the change brings, once the job's project is known.
  func newOperation(projectID: String) -> OperationRow? {
    guard var row = newOperation else { return nil }
    row.projectID = projectID
    return row
  }
}

/// An operation with the columns that it is found by.
struct OperationRow: Sendable {
  let id: String
  var projectID: String
  let jobID: String
  let message: Data
  let createdAt: ProtobufTimestamp
  /// Seconds since 1970.
  let modified: Int64
  let isDone: Bool
  /// Nil once it is done.
  let work: OperationWork?

  init(
    _ operation: LongRunningOperation, projectID: String, jobID: String,
    work: OperationWork? = nil
  ) {
    id = operation.id
    self.projectID = projectID
    self.jobID = jobID
    message = Data(operation.serializedBytes())
    createdAt = operation.createdAt ?? ProtobufTimestamp()
    modified = operation.modifiedAt?.seconds ?? 0
    isDone = operation.done
    self.work = operation.done ? nil : work
  }
}

extension Job {
  /// The first second at which the data has expired; nil when it never does or is cleared.
  var dataExpirySecond: Int64? {
    guard !dataCleared, let dataExpiresAt else { return nil }
    return dataExpiresAt.seconds + (dataExpiresAt.nanos > 0 ? 1 : 0)
  }
}
