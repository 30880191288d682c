import CoreGRPC
import JobClient
import JobMessages
import ProtobufWire
import XCTest

/// A call that makes a job, under the key by which it may be repeated.
struct KeyedCall: Sendable {
  enum Request: Sendable {
    case create(CreateProjectJobRequest)
    case clone(CloneProjectJobRequest)
  }

  let key: String
  let project: String
  let request: Request
  /// What the job's parameters must be.
  let parameters: JobParameters

  /// The id of the job that the new one is a clone of; empty for a creation.
  var source: String {
    switch request {
    case .create: ""
    case .clone(let request): request.sourceJobID
    }
  }

  /// Makes the call, for the first time or again.
  func perform(_ client: ProjectJobClient) async throws -> MadeJob {
    var operation =
      switch request {
      case .create(let request): try await client.create(request, idempotencyKey: key)
      case .clone(let request): try await client.clone(request, idempotencyKey: key)
      }
    // As every client does with an operation that is not done.
    let end = ContinuousClock.now + .seconds(30)
    while !operation.done, ContinuousClock.now < end {
      try await Task.sleep(for: .milliseconds(20))
      operation = try await client.operation(id: operation.id)
    }
    return try MadeJob(call: self, operation: operation)
  }
}

/// What a server answered to a call that makes a job.
struct MadeJob: Sendable {
  let call: KeyedCall
  /// The operation without its URLs, which differ from reply to reply.
  let operation: LongRunningOperation
  let id: String
  /// The contents to upload, with their URLs.
  let uploads: [StorageFile]

  init(call: KeyedCall, operation: LongRunningOperation) throws {
    self.call = call
    let (id, uploads) = try Self.response(of: operation, to: call.request)
    self.id = id
    self.uploads = uploads
    var bare = operation
    let files = uploads.map { entry in StorageFile.with { $0.file = entry.file } }
    switch call.request {
    case .create:
      bare.response = ProtobufAny(
        packing: CreateProjectJobResponse(jobID: id, uploadFiles: files))
    case .clone:
      bare.response = ProtobufAny(packing: CloneProjectJobResponse(jobID: id, uploadFiles: files))
    }
    self.operation = bare
  }

  /// All files of the job.
  var files: [File] {
    call.parameters.inputFiles + (call.parameters.env?.pythonEnv?.localModules ?? [])
  }

  private static func response(
    of operation: LongRunningOperation, to request: KeyedCall.Request
  ) throws -> (String, [StorageFile]) {
    guard operation.done, let response = operation.response else {
      throw Discrepancy("operation \(operation.id) has no response: \(operation)")
    }
    switch request {
    case .create:
      let created = try XCTUnwrap(response.unpack(CreateProjectJobResponse.self))
      return (created.jobID, created.uploadFiles)
    case .clone:
      let cloned = try XCTUnwrap(response.unpack(CloneProjectJobResponse.self))
      return (cloned.jobID, cloned.uploadFiles)
    }
  }
}

/// Something that a server did not keep, or that should not be there.
struct Discrepancy: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
