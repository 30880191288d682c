internal import JobMessages
internal import ProtobufWire

/// Puts upload URLs into replies; what is stored never has any (clone-semantics §3).
struct UploadURLs: Sendable {
  let objects: any ObjectStorage
  /// How many seconds a URL is good for.
  let lifetime: Int64

  /// The files with a URL each.
  func sign(
    _ files: [StorageFile], in projectID: String, at now: ProtobufTimestamp
  ) throws(JobError) -> [StorageFile] {
    var signed = files
    do {
      for index in signed.indices {
        guard let file = signed[index].file else { continue }
        signed[index].url = try objects.uploadURL(
          for: ContentID(file), in: projectID, expiry: now.seconds + lifetime)
      }
    } catch {
      throw JobError(error)
    }
    return signed
  }

  /// A stored operation with a URL for each of its upload files.
  func filled(
    _ stored: StoredOperation, at now: ProtobufTimestamp
  ) throws(JobError) -> LongRunningOperation {
    guard let response = stored.operation.response else { return stored.operation }
    var operation = stored.operation
    if let clone = try unpack(CloneProjectJobResponse.self, response) {
      operation.response = try filled(clone, response, stored.projectID, at: now)
    } else if let create = try unpack(CreateProjectJobResponse.self, response) {
      operation.response = try filled(create, response, stored.projectID, at: now)
    }
    return operation
  }

  private func filled<Response: NewJobResponse>(
    _ response: Response, _ packed: ProtobufAny, _ projectID: String, at now: ProtobufTimestamp
  ) throws(JobError) -> ProtobufAny {
    if response.uploadFiles.isEmpty { return packed }
    var response = response
    response.uploadFiles = try sign(response.uploadFiles, in: projectID, at: now)
    return ProtobufAny(packing: response)
  }

  private func unpack<Response: NewJobResponse>(
    _ type: Response.Type, _ any: ProtobufAny
  ) throws(JobError) -> Response? {
    do {
      return try any.unpack(type)
    } catch {
      throw JobError(.internal, "internal error", cause: error)
    }
  }
}
