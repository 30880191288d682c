internal import JobMessages

/// Puts upload URLs into replies; what is stored never has any (clone-semantics §3).
struct UploadURLs: Sendable {
  let objects: any ObjectStorage
  /// How many seconds a URL is good for.
  let lifetime: Int64
  /// How many seconds more are noted, so that not every reply has to note its own.
  private static let slack: Int64 = 3600

  /// When the last of the URLs made now expires, in seconds since 1970.
  func expiry(at now: ProtobufTimestamp) -> Int64 {
    now.advanced(bySeconds: lifetime).seconds
  }

  /// What is noted as the end of the URLs made now: they never outlive it.
  func notedExpiry(at now: ProtobufTimestamp) -> Int64 { expiry(at: now) + Self.slack }

  /// The files with a URL each.
  func sign(
    _ files: [StorageFile], in projectID: String, at now: ProtobufTimestamp
  ) throws(JobError) -> [StorageFile] {
    let expiry = expiry(at: now)
    return try files.withURLs { content throws(StoreError) in
      try objects.uploadURL(for: content, in: projectID, expiry: expiry)
    }
  }

  /// A stored operation with a URL for each of its upload files.
  func filled(
    _ stored: StoredOperation, at now: ProtobufTimestamp
  ) throws(JobError) -> LongRunningOperation {
    guard let response = stored.operation.response, let files = try response.uploadFiles(),
      !files.isEmpty
    else { return stored.operation }
    var operation = stored.operation
    operation.response = try response.replacingUploadFiles(
      with: sign(files, in: stored.projectID, at: now))
    return operation
  }
}
