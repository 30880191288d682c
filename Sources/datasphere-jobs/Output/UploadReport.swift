internal import CoreGRPC
internal import JobClient
internal import JobMessages
internal import ProtobufWire

/// What `create` and `clone` do with the operation that the server answers.
enum UploadReport {
  /// Waits for the operation and uploads what it asks for.
  ///
  /// - Parameter report: told of each file's progress.
  /// - Returns: the operation when it was done, and the new job's id.
  static func finish(
    _ operation: LongRunningOperation, with client: ProjectJobClient,
    report: @escaping @Sendable (FileUploader.Event) -> Void = Self.showProgress
  ) async throws -> (operation: LongRunningOperation, jobID: String) {
    let operation = try await client.finished(operation)
    let (jobID, files) = try outcome(operation.response ?? ProtobufAny())
    try await FileUploader().upload(files, report: report)
    return (operation, jobID)
  }

  private static let bar = ProgressBar()

  /// Shows how far an upload is, on standard error.
  @Sendable private static func showProgress(_ event: FileUploader.Event) {
    switch event {
    case .began(let file): bar.begin(file.desc?.path ?? "", size: file.sizeBytes)
    case .sent(let file, let bytes):
      bar.update(file.desc?.path ?? "", sent: bytes, size: file.sizeBytes)
    case .ended(let file): bar.end(file.desc?.path ?? "", size: file.sizeBytes)
    }
  }

  /// Create and Clone answer with the same fields under two names.
  private static func outcome(_ any: ProtobufAny) throws -> (String, [StorageFile]) {
    if let clone = try any.unpack(CloneProjectJobResponse.self) {
      return (clone.jobID, clone.uploadFiles)
    }
    if let create = try any.unpack(CreateProjectJobResponse.self) {
      return (create.jobID, create.uploadFiles)
    }
    throw RPCError(.internalError, "The operation's response is of an unknown type.")
  }
}
