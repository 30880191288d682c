internal import JobMessages
internal import ProtobufWire

/// Puts download URLs into replies; what is stored never has any.
struct DownloadURLs: Sendable {
  let objects: any ObjectStorage
  /// How many seconds a URL is good for.
  let lifetime: Int64

  /// The files with a URL each.
  func sign(
    _ files: [StorageFile], in projectID: String, at now: ProtobufTimestamp
  ) throws(JobError) -> [StorageFile] {
    let expiry = now.advanced(bySeconds: lifetime).seconds
    return try files.withURLs { content throws(StoreError) in
      try objects.downloadURL(for: content, in: projectID, expiry: expiry)
    }
  }

  /// A stored operation with a URL for each output file, if it is that of Execute.
  func filled(
    _ stored: StoredOperation, at now: ProtobufTimestamp
  ) throws(JobError) -> StoredOperation {
    guard var response = try stored.operation.executionResponse(), !response.outputFiles.isEmpty
    else { return stored }
    response.outputFiles = try sign(response.outputFiles, in: stored.projectID, at: now)
    var filled = stored
    filled.operation.response = ProtobufAny(packing: response)
    return filled
  }
}
