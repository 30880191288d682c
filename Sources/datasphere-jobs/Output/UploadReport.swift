internal import CoreGRPC
internal import JobClient
internal import JobMessages
internal import ProtobufWire

/// What `create` and `clone` do with the operation that the server answers.
enum UploadReport {
  /// Waits for the operation and uploads what it asks for, which `willUpload` is told before.
  ///
  /// - Returns: the new job's id.
  static func finish(
    _ operation: LongRunningOperation, with client: ProjectJobClient,
    willUpload: @Sendable (File) -> Void = { file in
      print("uploading \(file.desc?.path ?? "") (\(file.sizeBytes) bytes)")
    }
  ) async throws -> String {
    var operation = operation
    while !operation.done {
      try await Task.sleep(for: .seconds(1))
      operation = try await client.operation(id: operation.id)
    }
    let response: ProtobufAny
    switch operation.result {
    case .response(let any): response = any
    case .error(let status):
      throw RPCError(StatusCode(rawValue: Int(status.code)), status.message)
    case nil:
      throw RPCError(.internalError, "The operation is done and has no result.")
    }
    let (jobID, files) = try outcome(response)
    try await FileUploader().upload(files, willUpload: willUpload)
    return jobID
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
