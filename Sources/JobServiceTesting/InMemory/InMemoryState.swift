internal import JobCloning
internal import JobMessages

/// What an ``InMemoryJobStore`` keeps; whoever has it runs one transaction.
struct InMemoryState {
  /// A job with the contents that it refers to.
  struct JobRecord {
    var stored: StoredJob
    var contents: Set<StoredContent>
  }

  /// An operation with what is left to do for it.
  struct OperationRecord {
    var stored: StoredOperation
    var work: OperationWork?
  }

  /// What an idempotency key belongs to.
  struct ClaimScope: Hashable {
    let principalID: String
    let method: String
    let key: String

    init(_ claim: IdempotencyClaim) {
      principalID = claim.principalID
      method = claim.method
      key = claim.key
    }
  }

  var jobs: [String: JobRecord] = [:]
  var operations: [String: OperationRecord] = [:]
  var claims: [ClaimScope: (claim: IdempotencyClaim, operationID: String)] = [:]
  /// Contents to be removed, oldest mark first.
  private(set) var marks: [StoredContent] = []
  /// Those of them whose removal has begun: they may be gone already.
  private var begun: Set<StoredContent> = []
  /// The epoch that the last removal of each content made, or the last one that was given up.
  private var removals: [StoredContent: Int64] = [:]
  /// How often a removal has begun, ended or been given up.
  private(set) var epoch: Int64 = 0
  /// Those who wait until the removal under way has ended; nil when none is under way.
  var waiting: [CheckedContinuation<Void, Never>]?
  var creations: [JobCreation] = []
  var lastSweep: Int64?
  var jobReads = 0
  var operationReads = 0
  var failure: StoreError?

  // MARK: Jobs

  mutating func put(_ job: Job) {
    let files = job.parameterFiles
    jobs[job.id] = JobRecord(
      stored: StoredJob(
        job: job, revision: (jobs[job.id]?.stored.revision ?? 0) + 1, uploadsExpire: 0),
      contents: Set(
        files.map {
          StoredContent(ContentID(sha256: $0.sha256, sizeBytes: $0.sizeBytes), in: job.projectID)
        }))
  }

  mutating func create(_ creation: JobCreation) -> JobCreationOutcome {
    if let claim = creation.idempotency, let outcome = outcome(of: claim) { return outcome }
    let job = creation.job
    let isTaken =
      creation.requiresUniqueName
      && jobs.values.contains {
        $0.stored.job.projectID == job.projectID && isSame($0.stored.job.name, job.name)
      }
    guard !isTaken else { return .nameTaken }
    let contents = Set(creation.contents.map { StoredContent($0, in: job.projectID) })
    guard isCurrent(creation.contentEpoch, for: contents) else { return .contentsChanged }
    takeMarksAway(from: contents)
    jobs[job.id] = JobRecord(
      stored: StoredJob(job: job, revision: 1, uploadsExpire: creation.uploadsExpire),
      contents: job.dataCleared ? [] : contents)
    let operation = StoredOperation(
      operation: creation.operation, projectID: job.projectID, jobID: job.id)
    insert(operation, work: creation.work, creation.idempotency)
    creations.append(creation)
    return .created
  }

  mutating func change(_ change: JobChange) -> JobChangeOutcome {
    switch change.idempotency.flatMap({ outcome(of: $0) }) {
    case .repeated(let operation): return .repeated(operation)
    case .keyReused: return .keyReused
    case .created, .nameTaken, .contentsChanged, nil: break
    }
    guard var record = jobs[change.jobID], record.stored.revision == change.revision else {
      return .conflict
    }
    let projectID = record.stored.job.projectID
    let added = Set(change.addedContents.map { StoredContent($0, in: projectID) })
    guard isCurrent(change.contentEpoch, for: added) else { return .conflict }
    if let updated = change.updatedOperation, !isChangeable(updated) { return .leaseLost }

    takeMarksAway(from: added)
    // A job whose data is cleared refers to nothing, whatever the change says.
    let isLive = change.job.map { !$0.dataCleared } ?? false
    let released = change.releasesContents || !isLive ? record.contents : []
    record.contents.subtract(released)
    if isLive { record.contents.formUnion(added) }
    if let job = change.job {
      record.stored.job = job
      record.stored.revision += 1
      record.stored.stopsAtOnce = change.stopsAtOnce
      jobs[change.jobID] = record
    } else {
      jobs[change.jobID] = nil
    }
    mark(released.sorted { $0.content.sha256 < $1.content.sha256 })
    if let new = change.newOperation {
      insert(
        StoredOperation(operation: new.operation, projectID: projectID, jobID: change.jobID),
        work: new.work, change.idempotency)
    }
    if let updated = change.updatedOperation { update(updated) }
    return .changed(revision: jobs[change.jobID]?.stored.revision)
  }

  // MARK: Operations and their keys

  func outcome(of claim: IdempotencyClaim) -> JobCreationOutcome? {
    guard let (earlier, id) = claims[ClaimScope(claim)],
      (earlier.expiresAt.seconds, earlier.expiresAt.nanos)
        > (claim.claimedAt.seconds, claim.claimedAt.nanos),
      let operation = operations[id]
    else { return nil }
    return earlier.requestDigest == claim.requestDigest ? .repeated(operation.stored) : .keyReused
  }

  mutating func insert(
    _ operation: StoredOperation, work: OperationWork?, _ claim: IdempotencyClaim?
  ) {
    let id = operation.operation.id
    operations[id] = OperationRecord(
      stored: operation, work: operation.operation.done ? nil : work)
    if let claim { claims[ClaimScope(claim)] = (claim, id) }
  }

  /// Inserts an operation without work, or lets the key lead to it if it is there already.
  mutating func add(_ operation: StoredOperation, _ claim: IdempotencyClaim?) {
    let id = operation.operation.id
    if operations[id] == nil {
      insert(operation, work: nil, claim)
    } else if let claim {
      claims[ClaimScope(claim)] = (claim, id)
    }
  }

  private func isChangeable(_ updated: JobChange.UpdatedOperation) -> Bool {
    guard let record = operations[updated.operation.id], !record.stored.operation.done else {
      return false
    }
    return updated.holder == nil || updated.holder == record.work?.lease.holder
  }

  private mutating func update(_ updated: JobChange.UpdatedOperation) {
    let id = updated.operation.id
    operations[id]?.stored.operation = updated.operation
    if updated.operation.done { operations[id]?.work = nil }
  }

  // MARK: Contents

  func isReferenced(_ content: StoredContent) -> Bool {
    jobs.values.contains { $0.contents.contains(content) }
  }

  /// Marks those of the contents that no job refers to and that have no mark yet.
  mutating func mark(_ contents: [StoredContent]) {
    for content in contents where !isReferenced(content) && !marks.contains(content) {
      // The empty content is always stored.
      if content.content != .empty { marks.append(content) }
    }
  }

  /// Whether what was stored at this epoch still is, as far as these contents go.
  private func isCurrent(_ epoch: Int64?, for contents: Set<StoredContent>) -> Bool {
    guard let epoch else { return true }
    return contents.allSatisfy { !begun.contains($0) && removals[$0, default: 0] <= epoch }
  }

  /// A job begins to refer to these contents: they are not to be removed any more.
  private mutating func takeMarksAway(from contents: Set<StoredContent>) {
    marks.removeAll(where: contents.contains)
    // Whoever saw such a content before may not rely on it: it may be gone already.
    for content in contents where begun.remove(content) != nil { noteRemoval(of: content) }
  }

  /// Begins to remove a content; false when it has no mark or a reference.
  mutating func beginRemoval(of content: StoredContent) -> Bool {
    guard marks.contains(content) else { return false }
    guard !isReferenced(content) else {
      takeMarksAway(from: [content])
      return false
    }
    begun.insert(content)
    epoch += 1
    return true
  }

  /// The content is gone.
  mutating func completeRemoval(of content: StoredContent) {
    marks.removeAll { $0 == content }
    begun.remove(content)
    noteRemoval(of: content)
  }

  private mutating func noteRemoval(of content: StoredContent) {
    epoch += 1
    removals[content] = epoch
  }
}

extension Job {
  fileprivate var parameterFiles: [File] {
    guard let parameters = jobParameters else { return [] }
    return parameters.inputFiles + (parameters.env?.pythonEnv?.localModules ?? [])
  }
}

/// Whether the texts have the same bytes, as a database compares them; Swift's `==` also holds
/// different spellings of one Unicode text equal.
func isSame(_ left: String, _ right: String) -> Bool {
  left.utf8.elementsEqual(right.utf8)
}
