import XCTest

@testable import CoreGRPC

/// Every transition of a call's state: what is allowed, what the handler is told, what is dropped.
final class ServerCallStateTests: XCTestCase {
  private var silent: ServerCallState { .silent(.init()) }
  private var answering: ServerCallState {
    var state = silent
    state.stepStarted()
    return state
  }
  private var abandoned: ServerCallState {
    var state = silent
    _ = state.abandon()
    return state
  }
  private var over: ServerCallState {
    var state = silent
    _ = state.finish()
    return state
  }

  private func code(of body: () throws -> Void) -> StatusCode? {
    do {
      try body()
      return nil
    } catch {
      return (error as? RPCError)?.code
    }
  }

  func testInitialMetadataLeavesOnce() throws {
    guard case .withHeaders = try silent.step(hasMessage: true) else { return XCTFail() }
    guard case .withHeaders = try silent.step(hasMessage: false) else { return XCTFail() }
    guard case .messageAlone = try answering.step(hasMessage: true) else { return XCTFail() }
    guard case .nothing = try answering.step(hasMessage: false) else { return XCTFail() }
  }

  func testAStepThatWasNotStartedChangesNothing() throws {
    let state = silent
    _ = try state.step(hasMessage: true)
    guard case .withHeaders = try state.step(hasMessage: true) else { return XCTFail() }
  }

  func testWhoeverUsesACallTooLateIsTold() {
    for hasMessage in [true, false] {
      XCTAssertEqual(code { _ = try abandoned.step(hasMessage: hasMessage) }, .cancelled)
      XCTAssertEqual(code { _ = try over.step(hasMessage: hasMessage) }, .failedPrecondition)
    }
    XCTAssertNil(code { try silent.checkReceive() })
    XCTAssertNil(code { try answering.checkReceive() })
    XCTAssertEqual(code { try abandoned.checkReceive() }, .cancelled)
    XCTAssertEqual(code { try over.checkReceive() }, .failedPrecondition)
  }

  func testTheStatusBringsWhatIsMissing() {
    var quiet = silent
    XCTAssertEqual(quiet.finish()?.sendsHeaders, true)
    var unwatched = silent
    XCTAssertEqual(unwatched.finish()?.watchesClose, true)
    var watched = silent
    watched.watch()
    XCTAssertEqual(watched.finish()?.watchesClose, false)
    var talking = answering
    XCTAssertEqual(talking.finish()?.sendsHeaders, false)
  }

  func testTheStatusOfAnAbandonedCallIsDropped() {
    var state = abandoned
    XCTAssertNil(state.finish())
    XCTAssertEqual(code { try state.checkReceive() }, .failedPrecondition)
  }

  func testACancellationAfterTheStatusIsDropped() {
    var state = over
    XCTAssertNil(state.abandon())
    guard case .over = state else { return XCTFail() }
  }

  func testATaskIsCancelledWhicheverComesFirst() async {
    let task = Task {}
    var late = silent
    XCTAssertFalse(late.attach(task))
    XCTAssertEqual(late.abandon(), task)
    XCTAssertNil(late.abandon())
    var early = abandoned
    XCTAssertTrue(early.attach(task))
    var none = over
    XCTAssertFalse(none.attach(task))
    await task.value
  }

  func testOnlyALiveCallNeedsAWatch() {
    XCTAssertTrue(silent.needsWatch)
    XCTAssertTrue(answering.needsWatch)
    XCTAssertFalse(abandoned.needsWatch)
    XCTAssertFalse(over.needsWatch)
    var watched = silent
    watched.watch()
    XCTAssertFalse(watched.needsWatch)
  }
}
