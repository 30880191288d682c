import CGRPCShim
import Synchronization
import XCTest

@testable import CoreGRPC

/// Operations that do not fit the state of their call: each has one clear outcome, and the server
/// goes on.
final class CallMisuseTests: XCTestCase {
  /// Keeps the streams of a call beyond its handler.
  private final class Keeper: Sendable {
    let replies = Mutex<ReplyStream?>(nil)
    let requests = Mutex<RequestStream?>(nil)
  }

  private func keeping(_ keeper: Keeper, until gate: Gate? = nil) -> TestService {
    TestService(
      .bidirectionalStreaming("/test.Misuse/Keep") { requests, replies, _ in
        keeper.replies.withLock { $0 = replies }
        keeper.requests.withLock { $0 = requests }
        try await replies.write([1])
        await gate?.wait()
      })
  }

  func testStreamsKeptBeyondTheHandlerSayThatTheCallIsOver() async throws {
    for transport in Transport.allCases {
      let keeper = Keeper()
      try await withServer([keeping(keeper)], over: transport) { _, channel in
        let stream = try await channel.stream("/test.Misuse/Keep")
        while try await stream.receive() != nil {}
        let replies = try XCTUnwrap(keeper.replies.withLock { $0 })
        let requests = try XCTUnwrap(keeper.requests.withLock { $0 })
        let write = await failure { try await replies.write([2]) }
        XCTAssertEqual(write?.code, .failedPrecondition)
        let headers = await failure { try await replies.sendInitialMetadata() }
        XCTAssertEqual(headers?.code, .failedPrecondition)
        var iterator = requests.makeAsyncIterator()
        let read = await failure { try await iterator.next() }
        XCTAssertEqual(read?.code, .failedPrecondition)
        // The call's memory waits for whoever keeps its streams.
        keeper.replies.withLock { $0 = nil }
        keeper.requests.withLock { $0 = nil }
      }
    }
  }

  func testACancelledCallFailsWhateverIsDoneWithIt() async throws {
    for transport in Transport.allCases {
      let keeper = Keeper()
      let gate = Gate()
      try await withServer([keeping(keeper, until: gate)], over: transport) { _, channel in
        let stream = try await channel.stream("/test.Misuse/Keep")
        _ = try await stream.receive()
        stream.cancel()
        _ = await failure { try await stream.receive() }
        let replies = try XCTUnwrap(keeper.replies.withLock { $0 })
        let requests = try XCTUnwrap(keeper.requests.withLock { $0 })
        var iterator = requests.makeAsyncIterator()
        let read = await failure { try await iterator.next() }
        XCTAssertTrue([.cancelled, .failedPrecondition].contains(read?.code))
        let write = await failure { while true { try await replies.write([2]) } }
        XCTAssertTrue([.cancelled, .failedPrecondition].contains(write?.code))
        keeper.replies.withLock { $0 = nil }
        keeper.requests.withLock { $0 = nil }
      }
    }
  }

  func testInitialMetadataAfterTheFirstReplyHasNoEffect() async throws {
    let service = TestService(
      .bidirectionalStreaming("/test.Misuse/Late") { _, replies, context in
        context.initialMetadata = ["x-time": "early"]
        try await replies.write([1])
        context.initialMetadata = ["x-time": "late"]
        try await replies.sendInitialMetadata()
        try await replies.write([2])
      })
    for transport in Transport.allCases {
      try await withServer([service], over: transport) { _, channel in
        let stream = try await channel.stream("/test.Misuse/Late")
        let first = try await stream.receive()
        XCTAssertEqual(first, [1])
        let second = try await stream.receive()
        XCTAssertEqual(second, [2])
        let end = try await stream.receive()
        XCTAssertNil(end)
        let metadata = await stream.initialMetadata()
        XCTAssertEqual(metadata["x-time"], "early")
      }
    }
  }

  func testManyWritersAndReadersOfOneCallTakeTurns() async throws {
    let service = TestService(
      .bidirectionalStreaming("/test.Misuse/Crowd") { requests, replies, _ in
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<10 {
            group.addTask { for try await request in requests { try await replies.write(request) } }
          }
          try await group.waitForAll()
        }
      })
    for transport in Transport.allCases {
      try await withServer([service], over: transport) { _, channel in
        let stream = try await channel.stream("/test.Misuse/Crowd")
        let sending = Task {
          for index in 0..<200 { try await stream.send([UInt8(index)]) }
          try await stream.finishSending()
        }
        var received: [UInt8] = []
        while let message = try await stream.receive() { received += message }
        XCTAssertEqual(received.sorted(), (0..<200).map { UInt8($0) })
        try await sending.value
      }
    }
  }

  func testAClosedQueueRefusesEveryStart() async throws {
    let poller = try Poller(threads: 2)
    XCTAssertTrue(cgrpc_queue_wake(poller.queue))
    poller.close()
    XCTAssertFalse(cgrpc_queue_wake(poller.queue))
    await poller.join()
  }

  func testJobsOfAStoppedPollerStillRun() async throws {
    let poller = try Poller(threads: 1)
    let gate = Gate()
    let task = Task(executorPreference: poller) {
      await gate.wait()
      return 7
    }
    poller.close()
    await poller.join()
    gate.open()
    let value = await task.value
    XCTAssertEqual(value, 7)
  }
}
