internal import CoreGRPC
internal import JobCloning
internal import JobMessages
internal import ProtobufWire

/// Turns what can go wrong into what a caller sees: the only place that does.
extension RPCError {
  /// The failure of a call for any error beneath the services.
  ///
  /// - Parameter requestID: named in the details of every failure that has any.
  init(_ error: any Error, requestID: String) {
    switch error {
    case let error as RPCError: self = error
    case let error as JobError: self.init(error, requestID: requestID)
    case let error as StoreError: self.init(JobError(error), requestID: requestID)
    case let error as WireError:
      self.init(
        .invalidArgument, "The request is not a valid message: \(error).", cause: error)
    case is CancellationError:
      self.init(.cancelled, "The call was cancelled.", cause: error)
    default:
      self.init(
        .internalError, "Internal error. Request id: \(requestID).", cause: error)
    }
  }

  private init(_ error: JobError, requestID: String) {
    let code = StatusCode(rawValue: Int(error.code.rawValue))
    let message =
      error.code == .internal ? "Internal error. Request id: \(requestID)." : error.message
    var details = error.details
    if !details.isEmpty {
      details.append(ProtobufAny(packing: RequestInfo.with { $0.requestID = requestID }))
    }
    let status = GoogleRPCStatus.with {
      $0.code = error.code.rawValue
      $0.message = message
      $0.details = details
    }
    self.init(
      code, message, details: details.isEmpty ? [] : status.serializedBytes(), cause: error)
  }
}

extension JobError {
  /// The error's details as `google.rpc` messages (clone-semantics §4).
  fileprivate var details: [ProtobufAny] {
    var details: [ProtobufAny] = []
    if !fieldViolations.isEmpty {
      details.append(
        ProtobufAny(
          packing: BadRequest.with {
            $0.fieldViolations = fieldViolations.map { violation in
              .with {
                $0.field = violation.field
                $0.description = violation.description
              }
            }
          }))
    }
    if !preconditionViolations.isEmpty {
      details.append(
        ProtobufAny(
          packing: PreconditionFailure.with {
            $0.violations = preconditionViolations.map { violation in
              .with {
                $0.type = violation.type
                $0.subject = violation.subject
                $0.description = violation.description
              }
            }
          }))
    }
    if let resource {
      details.append(
        ProtobufAny(
          packing: ResourceInfo.with {
            $0.resourceType = resource.type
            $0.resourceName = resource.name
            $0.description = resource.description
          }))
    }
    if !quotaViolations.isEmpty {
      details.append(
        ProtobufAny(
          packing: QuotaFailure.with {
            $0.violations = quotaViolations.map { violation in
              .with {
                $0.subject = violation.subject
                $0.description = violation.description
              }
            }
          }))
    }
    return details
  }
}
