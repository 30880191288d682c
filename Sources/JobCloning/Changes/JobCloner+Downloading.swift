public import JobMessages
internal import ProtobufWire

extension JobCloner {
  /// URLs that answer HTTP GET with the files of a job; the right to read the project suffices.
  ///
  /// With `files`, each must be a file of the job, its inputs, outputs, logs and diagnostics alike:
  /// what it gives of path, var and digest must be the same. Without them the job's outputs are
  /// meant, or, until it has run, its input files and local modules. (The official client names no
  /// files when a job made none, and would write inputs over its user's own.)
  public func downloadFiles(
    _ request: DownloadProjectJobFilesRequest, for principal: Principal
  ) async throws(JobError) -> DownloadProjectJobFilesResponse {
    try RequestChecks.require(id: request.jobID, "job_id")
    let found = try await readable(job: request.jobID, for: principal)
    let job = try await value(of: found, request.jobID)
    let files = try files(of: job, requested: request.files)
    let now = clock.now()
    try job.requireData(at: now)
    try await requireStored(files, of: job)
    let signed = try downloads.sign(
      files.map { file in .with { $0.file = file } }, in: job.projectID, at: now)
    return .with { $0.downloadFiles = signed }
  }

  /// Refuses when a content is not stored, and names the paths of all that are not.
  func requireStored(_ files: [File], of job: Job) async throws(JobError) {
    let files = files.filter { ContentID($0) != .empty }
    let stored = try await storedContents(of: files, in: job.projectID)
    let missing = files.filter { !stored.contains(ContentID($0)) }
    guard !missing.isEmpty else { return }
    throw .failedPrecondition(
      missing.map { file in
        .init(
          type: "CONTENT_NOT_STORED", subject: clipped(file.desc?.path ?? ""),
          description: "the content of this file is not stored")
      })
  }

  /// The contents of those files that are stored.
  func storedContents(
    of files: [File], in projectID: String
  ) async throws(JobError) -> Set<ContentID> {
    let contents = Set(files.map { ContentID($0) })
    if contents.isEmpty { return [] }
    return try await storing { [objects] () async throws(StoreError) in
      try await objects.stored(among: contents, in: projectID)
    }
  }

  private func files(of job: Job, requested: [File]) throws(JobError) -> [File] {
    if requested.isEmpty {
      return job.status == .creating ? job.suppliedFiles : job.outputFiles
    }
    let all = job.suppliedFiles + job.outputFiles + job.logFiles + job.diagnosticFiles
    // A look-up for each way to mean a file: any number of files may have one path or one digest.
    var positions: [FileReference: Int] = [:]
    for (position, file) in all.enumerated().reversed() {
      for reference in FileReference.all(to: file) { positions[reference] = position }
    }
    var violations = Violations()
    var files: [File] = []
    var seen: Set<Int> = []
    for (index, wanted) in requested.enumerated() {
      if let found = FileReference(wanted).flatMap({ positions[$0] }) {
        if seen.insert(found).inserted { files.append(all[found]) }
      } else {
        violations.add("files[\(index)]", "is not a file of the job")
      }
    }
    try violations.throwIfAny()
    return files
  }
}

extension Job {
  /// The input files and local modules.
  var suppliedFiles: [File] {
    let parameters = jobParameters ?? JobParameters()
    return parameters.inputFiles + (parameters.env?.pythonEnv?.localModules ?? [])
  }
}

/// What a request gives of the file that it means.
private struct FileReference: Hashable {
  private var path: ByteString?
  private var name: ByteString?
  private var digest: ByteString?

  /// What a request's entry gives; nil if it gives nothing.
  init?(_ wanted: File) {
    if let desc = wanted.desc { (path, name) = (ByteString(desc.path), ByteString(desc.var)) }
    if !wanted.sha256.isEmpty { digest = ByteString(wanted.sha256) }
    if path == nil, digest == nil { return nil }
  }

  /// Every reference that means a file.
  static func all(to file: File) -> [FileReference] {
    var described = file
    described.desc = file.desc ?? FileDesc()
    var unnamed = described
    unnamed.sha256 = ""
    var undescribed = file
    undescribed.desc = nil
    return [described, unnamed, undescribed].compactMap { FileReference($0) }
  }
}
