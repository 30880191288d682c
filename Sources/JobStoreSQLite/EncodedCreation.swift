internal import Foundation
internal import JobCloning
internal import JobMessages
internal import ProtobufWire

/// A creation in the form in which it is stored, made before it waits for the writer.
struct EncodedCreation: Sendable {
  let creation: JobCreation
  let job: Data
  let operation: Data

  init(_ creation: JobCreation) {
    self.creation = creation
    job = Data(creation.job.serializedBytes())
    operation = Data(creation.operation.serializedBytes())
  }
}
