import CoreGRPC
import XCTest

final class CancellationTests: XCTestCase {
  /// A handler that says when it began and when it was cancelled.
  private func waiting(began: Gate, cancelled: Gate) -> TestService {
    TestService(
      .unary("/test.Wait/Wait") { _, context -> [UInt8] in
        began.open()
        let never = Gate()
        await never.wait()
        if Task.isCancelled { cancelled.open() }
        throw CancellationError()
      })
  }

  func testCancellingTheClientsTaskCancelsTheHandlersTask() async throws {
    for transport in Transport.allCases {
      let began = Gate()
      let cancelled = Gate()
      try await withServer(
        [waiting(began: began, cancelled: cancelled)], over: transport
      ) { _, channel in
        let call = Task { try await channel.unary("/test.Wait/Wait", [UInt8]()) }
        await began.wait()
        call.cancel()
        let error = await failure { try await call.value }
        XCTAssertEqual(error?.code, .cancelled)
        await cancelled.wait()
      }
    }
  }

  func testTheDeadlineCancelsTheHandlersTask() async throws {
    for transport in Transport.allCases {
      let cancelled = Gate()
      try await withServer(
        [waiting(began: Gate(), cancelled: cancelled)], over: transport
      ) { _, channel in
        let error = await failure {
          try await channel.unary("/test.Wait/Wait", [UInt8](), timeout: .milliseconds(100))
        }
        XCTAssertEqual(error?.code, .deadlineExceeded)
        await cancelled.wait()
      }
    }
  }

  func testTheHandlerSeesTheDeadline() async throws {
    let service = TestService(
      .unary("/test.Wait/Deadline") { _, context in
        Array((context.deadline.map { "\((.now..<$0).isEmpty)" } ?? "none").utf8)
      })
    try await withServer([service], over: .tcp) { _, channel in
      let without = try await channel.unary("/test.Wait/Deadline", [UInt8]())
      XCTAssertEqual(String(decoding: without.message, as: UTF8.self), "none")
      let with = try await channel.unary(
        "/test.Wait/Deadline", [UInt8](), timeout: .seconds(60))
      XCTAssertEqual(String(decoding: with.message, as: UTF8.self), "false")
    }
  }

  func testACancelledCallBeforeItsStartFails() async throws {
    try await withServer([TestService.echo]) { _, channel in
      let call = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return try await channel.unary("/test.Echo/Echo", [UInt8]())
      }
      let error = await failure { try await call.value }
      XCTAssertEqual(error?.code, .cancelled)
    }
  }
}
