internal import CoreGRPC
internal import JobMessages
internal import ProtobufWire
internal import Safeguards

/// A failed call as the command line shows it: status, message, every violation, request id.
struct CallFailure: Error, CustomStringConvertible {
  let description: String

  /// A failed call.
  ///
  /// - Parameters:
  ///   - server: where it went.
  ///   - reason: why the server did not answer, when more is known than the error says.
  init(_ error: RPCError, server: String, reason: String? = nil) {
    let message = escaped(error.message)
    var lines = ["\(error.code): \(message)"]
    if error.code == .unavailable {
      lines[0] = "No answer from \(escaped(server)): \(reason ?? message)"
    }
    let status = try? GoogleRPCStatus(serializedBytes: error.details)
    for detail in status?.details ?? [] {
      if let bad = try? detail.unpack(BadRequest.self), bad.fieldViolations.count > 1 {
        lines += bad.fieldViolations.map { escaped("  \($0.field): \($0.description)") }
      }
      if let failed = try? detail.unpack(PreconditionFailure.self), failed.violations.count > 1 {
        lines += failed.violations.map { escaped("  \($0.subject): \($0.description)") }
      }
    }
    if let requestID = error.initialMetadata["x-request-id"] {
      lines.append(escaped("  request id: \(requestID)"))
    }
    description = lines.joined(separator: "\n")
  }
}
