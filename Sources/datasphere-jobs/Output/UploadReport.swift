internal import CoreGRPC
internal import JobClient
internal import JobMessages
internal import ProtobufWire
internal import UnixSignals

/// What `create`, `clone` and `upload` do with the operation that the server answers.
enum UploadReport {
  /// Waits for the operation and uploads what it asks for of the files that the request brought.
  ///
  /// - Returns: the operation when it was done, and the new job's id.
  static func finish(
    _ operation: LongRunningOperation, with client: ProjectJobClient,
    offering parameters: JobParameters?, over connection: ConnectionOptions
  ) async throws -> (operation: LongRunningOperation, jobID: String) {
    let operation = try await client.finished(operation)
    let made = try outcome(of: operation)
    let brought =
      (parameters?.inputFiles ?? []) + (parameters?.env?.pythonEnv?.localModules ?? [])
    try await upload(
      made.files, of: made.jobID, from: brought.map { LocalFile(describedAs: $0) },
      over: connection)
    return (operation, made.jobID)
  }

  /// Uploads files and shows how far it is.
  ///
  /// - Throws: ``UploadFailure`` when it fails or is interrupted.
  static func upload(
    _ files: [StorageFile], of jobID: String, from own: [LocalFile],
    over connection: ConnectionOptions
  ) async throws {
    guard !files.isEmpty else { return }
    let uploader = FileUploader(connection.transfers)
    let bar = ProgressBar()
    let problem = await withTaskGroup(of: UploadFailure.Cause?.self) { group in
      group.addTask {
        do throws(LocalFileError) {
          try await uploader.upload(files, from: own, report: bar.show)
          return nil
        } catch {
          return .failed(error)
        }
      }
      group.addTask {
        for await signal in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
          return .interrupted(signal)
        }
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      return first
    }
    guard let problem else { return }
    bar.breakOff()
    throw UploadFailure(problem, jobID: jobID, files: own.map(\.path), flags: connection.flags)
  }

  /// Create and Clone answer with the same fields under two names.
  static func outcome(
    of operation: LongRunningOperation
  ) throws -> (jobID: String, files: [StorageFile]) {
    let any = operation.response ?? ProtobufAny()
    if let clone = try any.unpack(CloneProjectJobResponse.self) {
      return (clone.jobID, clone.uploadFiles)
    }
    if let create = try any.unpack(CreateProjectJobResponse.self) {
      return (create.jobID, create.uploadFiles)
    }
    throw RPCError(.internalError, "The operation's response is of an unknown type.")
  }
}
