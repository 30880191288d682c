internal import CoreGRPC
internal import JobMessages
internal import ProtobufWire

/// A failed call as the command line shows it: status, message, every violation, request id.
struct CallFailure: Error, CustomStringConvertible {
  let description: String

  init(_ error: RPCError, server: String) {
    var lines = ["\(error.code): \(error.message)"]
    if error.code == .unavailable { lines[0] = "No answer from \(server): \(error.message)" }
    let status = try? GoogleRPCStatus(serializedBytes: error.details)
    for detail in status?.details ?? [] {
      if let bad = try? detail.unpack(BadRequest.self), bad.fieldViolations.count > 1 {
        lines += bad.fieldViolations.map { "  \($0.field): \($0.description)" }
      }
      if let failed = try? detail.unpack(PreconditionFailure.self), failed.violations.count > 1 {
        lines += failed.violations.map { "  \($0.subject): \($0.description)" }
      }
    }
    if let requestID = error.initialMetadata["x-request-id"] {
      lines.append("  request id: \(requestID)")
    }
    description = lines.joined(separator: "\n")
  }
}
