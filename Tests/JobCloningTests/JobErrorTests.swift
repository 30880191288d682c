import JobCloning
import JobMessages
import ProtobufWire
import XCTest

/// clone-semantics §4: errors as they go on the wire.
final class JobErrorTests: XCTestCase {
  private func details<M: Message>(_ status: GoogleRPCStatus, _ type: M.Type) throws -> [M] {
    try status.details.compactMap { try $0.unpack(type) }
  }

  func testEveryDetailIsPackedWithRequestInfoLast() throws {
    var error = JobError(.failedPrecondition, "all of it")
    error.fieldViolations = [.init(field: "f", description: "d")]
    error.preconditionViolations = [.init(type: "t", subject: "s", description: "d")]
    error.resource = .init(type: "rt", name: "rn", description: "rd")
    error.quotaViolations = [.init(subject: "qs", description: "qd")]
    error.cause = StoreError(.unavailable, "not for the wire")
    let status = error.googleStatus(requestID: "id")
    XCTAssertEqual(status.code, 9)
    XCTAssertEqual(status.message, "all of it")
    XCTAssertEqual(status.details.count, 5)
    XCTAssertEqual(
      try details(status, BadRequest.self).first?.fieldViolations,
      [
        .with {
          $0.field = "f"
          $0.description = "d"
        }
      ])
    XCTAssertEqual(
      try details(status, PreconditionFailure.self).first?.violations,
      [
        .with {
          $0.type = "t"
          $0.subject = "s"
          $0.description = "d"
        }
      ])
    XCTAssertEqual(
      try details(status, ResourceInfo.self),
      [
        .with {
          $0.resourceType = "rt"
          $0.resourceName = "rn"
          $0.description = "rd"
        }
      ])
    XCTAssertEqual(
      try details(status, QuotaFailure.self).first?.violations,
      [
        .with {
          $0.subject = "qs"
          $0.description = "qd"
        }
      ])
    XCTAssertEqual(
      status.details.last, ProtobufAny(packing: RequestInfo.with { $0.requestID = "id" }))
    XCTAssertFalse("\(status)".contains("not for the wire"))
  }

  func testAnErrorWithoutDetailsHasRequestInfoAlone() {
    XCTAssertEqual(JobError(.internal, "x").googleStatus(requestID: "id").details.count, 1)
    XCTAssertEqual(JobError(.internal, "x").googleStatus(requestID: "").details.count, 0)
  }

  func testCodesAreThoseOfTheWire() {
    let codes: [(JobErrorCode, Int32, String)] = [
      (.invalidArgument, 3, "INVALID_ARGUMENT"), (.notFound, 5, "NOT_FOUND"),
      (.alreadyExists, 6, "ALREADY_EXISTS"), (.permissionDenied, 7, "PERMISSION_DENIED"),
      (.resourceExhausted, 8, "RESOURCE_EXHAUSTED"),
      (.failedPrecondition, 9, "FAILED_PRECONDITION"), (.internal, 13, "INTERNAL"),
      (.unavailable, 14, "UNAVAILABLE"),
    ]
    for (code, number, name) in codes {
      XCTAssertEqual(code.rawValue, number)
      XCTAssertEqual(code.description, name)
    }
  }

  func testACatchCanNameACode() {
    let error: any Error = JobError(.notFound, "x")
    switch error {
    case let error as JobError where .internal ~= error: XCTFail("another code matched")
    case let error as JobError where .notFound ~= error: break
    default: XCTFail("the pattern did not match")
    }
  }
}
