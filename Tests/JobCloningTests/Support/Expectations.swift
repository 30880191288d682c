import JobCloning
import XCTest

/// The error that a call of the cloner fails with.
func jobError<Result>(
  file: StaticString = #filePath, line: UInt = #line, _ body: () async throws -> Result
) async throws -> JobError {
  do {
    _ = try await body()
  } catch let error as JobError {
    return error
  }
  XCTFail("the call succeeded", file: file, line: line)
  return JobError(.internal, "the call succeeded")
}

/// Asserts that a call fails with INVALID_ARGUMENT at exactly these fields, in this order.
func assertInvalid<Result>(
  _ fields: [String], file: StaticString = #filePath, line: UInt = #line,
  _ body: () async throws -> Result
) async throws {
  let error = try await jobError(file: file, line: line, body)
  XCTAssertEqual(error.code, .invalidArgument, error.description, file: file, line: line)
  XCTAssertEqual(
    error.fieldViolations.map(\.field), fields, error.description, file: file, line: line)
  for violation in error.fieldViolations {
    XCTAssertFalse(violation.description.isEmpty, file: file, line: line)
  }
  XCTAssertTrue(
    error.message.hasPrefix("\(fields.first ?? ""): "), error.message, file: file, line: line)
}

/// Asserts that a call fails with this code.
func assertFails<Result>(
  _ code: JobErrorCode, file: StaticString = #filePath, line: UInt = #line,
  _ body: () async throws -> Result
) async throws {
  let error = try await jobError(file: file, line: line, body)
  XCTAssertEqual(error.code, code, error.description, file: file, line: line)
}
