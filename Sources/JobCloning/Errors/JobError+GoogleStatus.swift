public import JobMessages
internal import ProtobufWire

extension JobError {
  /// How many bytes of violations a status carries at the most.
  ///
  /// It travels in base64 in a trailer, and clients refuse metadata of more than 8 KiB altogether.
  public static let violationBytesLimit = 5_000

  /// The error as `grpc-status-details-bin` carries it: code, message and details, RequestInfo last.
  ///
  /// Violations that do not fit are left out; the message tells how many there are.
  ///
  /// - Parameter requestID: the id of the call; empty leaves RequestInfo out.
  public func googleStatus(requestID: String) -> GoogleRPCStatus {
    var status = GoogleRPCStatus()
    status.code = code.rawValue
    status.message = message
    if let badRequest = badRequest { status.details.append(.init(packing: badRequest)) }
    if let failure = preconditionFailure { status.details.append(.init(packing: failure)) }
    if let resource { status.details.append(.init(packing: resource.message)) }
    if let failure = quotaFailure { status.details.append(.init(packing: failure)) }
    if !requestID.isEmpty {
      status.details.append(.init(packing: RequestInfo.with { $0.requestID = requestID }))
    }
    return status
  }

  private var badRequest: BadRequest? {
    if fieldViolations.isEmpty { return nil }
    return .with {
      $0.fieldViolations = fitting(fieldViolations) { violation in
        .with {
          $0.field = violation.field
          $0.description = violation.description
        }
      }
    }
  }

  private var preconditionFailure: PreconditionFailure? {
    if preconditionViolations.isEmpty { return nil }
    return .with {
      $0.violations = fitting(preconditionViolations) { violation in
        .with {
          $0.type = violation.type
          $0.subject = violation.subject
          $0.description = violation.description
        }
      }
    }
  }

  private var quotaFailure: QuotaFailure? {
    if quotaViolations.isEmpty { return nil }
    return .with {
      $0.violations = fitting(quotaViolations) { violation in
        .with {
          $0.subject = violation.subject
          $0.description = violation.description
        }
      }
    }
  }

  /// The messages of as many violations as fit, from the first on.
  private func fitting<Violation, Converted: Message>(
    _ violations: [Violation], _ convert: (Violation) -> Converted
  ) -> [Converted] {
    var room = Self.violationBytesLimit
    var messages: [Converted] = []
    for violation in violations {
      let message = convert(violation)
      room -= message.serializedSize + 4
      if room < 0 { break }
      messages.append(message)
    }
    return messages
  }
}

extension JobError.Resource {
  fileprivate var message: ResourceInfo {
    .with {
      $0.resourceType = type
      $0.resourceName = name
      $0.description = description
    }
  }
}
