import CoreGRPC
import Synchronization
import XCTest

final class StreamingTests: XCTestCase {
  private let service = TestService(
    .serverStreaming("/test.Stream/Count") { request, replies, _ in
      for index in 0..<(Int(String(decoding: request, as: UTF8.self)) ?? 0) {
        try await replies.write(Array("\(index)".utf8))
      }
    },
    .clientStreaming("/test.Stream/Sum") { requests, _ in
      var sum = 0
      for try await request in requests { sum += request.count }
      return Array("\(sum)".utf8)
    },
    .bidirectionalStreaming("/test.Stream/Echo") { requests, replies, _ in
      for try await request in requests { try await replies.write(request) }
    })

  func testServerStreaming() async throws {
    for transport in Transport.allCases {
      try await withServer([service], over: transport) { _, channel in
        let stream = try await channel.stream("/test.Stream/Count")
        try await stream.send(Array("100".utf8))
        try await stream.finishSending()
        var replies: [String] = []
        while let reply = try await stream.receive() {
          replies.append(String(decoding: reply, as: UTF8.self))
        }
        XCTAssertEqual(replies, (0..<100).map(String.init), "\(transport)")
      }
    }
  }

  func testClientStreaming() async throws {
    for transport in Transport.allCases {
      try await withServer([service], over: transport) { _, channel in
        let stream = try await channel.stream("/test.Stream/Sum")
        for size in 0..<100 { try await stream.send([UInt8](repeating: 1, count: size)) }
        try await stream.finishSending()
        let reply = try await stream.receive()
        XCTAssertEqual(reply, Array("4950".utf8), "\(transport)")
        let end = try await stream.receive()
        XCTAssertNil(end)
      }
    }
  }

  func testPingPong() async throws {
    for transport in Transport.allCases {
      try await withServer([service], over: transport) { _, channel in
        let stream = try await channel.stream("/test.Stream/Echo")
        for size in [0, 1, 100, 100_000, 2_000_000] {
          let message = [UInt8](repeating: UInt8(size % 251), count: size)
          try await stream.send(message)
          let reply = try await stream.receive()
          XCTAssertEqual(reply, message)
        }
        try await stream.finishSending()
        let end = try await stream.receive()
        XCTAssertNil(end)
      }
    }
  }

  func testAnEmptyStreamEnds() async throws {
    try await withServer([service], over: .tcp) { _, channel in
      let stream = try await channel.stream("/test.Stream/Echo")
      try await stream.finishSending()
      let end = try await stream.receive()
      XCTAssertNil(end)
    }
  }

  func testAHundredStreamsAtOnce() async throws {
    try await withServer([service], over: .tcp) { _, channel in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<100 {
          group.addTask {
            let stream = try await channel.stream("/test.Stream/Echo")
            for step in 0..<10 {
              let message = Array("\(index) \(step)".utf8)
              try await stream.send(message)
              let reply = try await stream.receive()
              XCTAssertEqual(reply, message)
            }
            try await stream.finishSending()
            let end = try await stream.receive()
            XCTAssertNil(end)
          }
        }
        try await group.waitForAll()
      }
    }
  }

  func testInitialMetadataLeavesBeforeTheFirstReply() async throws {
    let proceed = Gate()
    let early = TestService(
      .bidirectionalStreaming("/test.Stream/Early") { _, replies, context in
        context.initialMetadata = ["x-early": "yes"]
        try await replies.sendInitialMetadata()
        try await replies.sendInitialMetadata()
        await proceed.wait()
        context.trailingMetadata = ["x-late": "yes"]
        try await replies.write([1])
      })
    try await withServer([early], over: .tcp) { _, channel in
      let stream = try await channel.stream("/test.Stream/Early")
      let initial = await stream.initialMetadata()
      XCTAssertEqual(initial["x-early"], "yes")
      proceed.open()
      let reply = try await stream.receive()
      XCTAssertEqual(reply, [1])
      let end = try await stream.receive()
      XCTAssertNil(end)
      let trailing = await stream.trailingMetadata()
      XCTAssertEqual(trailing["x-late"], "yes")
    }
  }

  func testAFailureAfterRepliesArrivesAfterThem() async throws {
    let failing = TestService(
      .serverStreaming("/test.Stream/Fail") { _, replies, _ in
        try await replies.write([1])
        throw RPCError(.outOfRange, "enough", details: [1, 2])
      })
    for transport in Transport.allCases {
      try await withServer([failing], over: transport) { _, channel in
        let stream = try await channel.stream("/test.Stream/Fail")
        try await stream.send([UInt8]())
        try await stream.finishSending()
        let reply = try await stream.receive()
        XCTAssertEqual(reply, [1])
        let error = await failure { try await stream.receive() }
        XCTAssertEqual(error?.code, .outOfRange)
        XCTAssertEqual(error?.details, [1, 2])
      }
    }
  }

  func testCompressedRepliesArriveWhole() async throws {
    let body = Array(String(repeating: "compress me ", count: 10_000).utf8)
    let compressing = TestService(
      .unary("/test.Stream/Once") { _, context in
        context.compression = .high
        return body
      },
      .serverStreaming("/test.Stream/Twice") { _, replies, context in
        context.compression = .low
        try await replies.write(body)
        try await replies.write([UInt8]())
      })
    for transport in Transport.allCases {
      try await withServer([compressing], over: transport) { _, channel in
        let once = try await channel.unary("/test.Stream/Once", [UInt8]())
        XCTAssertEqual(once.message, body)
        let stream = try await channel.stream("/test.Stream/Twice")
        try await stream.send([UInt8]())
        try await stream.finishSending()
        let first = try await stream.receive()
        XCTAssertEqual(first, body)
        let second = try await stream.receive()
        XCTAssertEqual(second, [])
      }
    }
  }

  func testMoreCallsThanAllowedAreRefused() async throws {
    var configuration = ServerConfiguration()
    configuration.maximumConcurrentCalls = 2
    try await withServer([service], over: .tcp, configuration: configuration) { _, channel in
      let streams = [
        try await channel.stream("/test.Stream/Echo"),
        try await channel.stream("/test.Stream/Echo"),
      ]
      for stream in streams {
        try await stream.send([1])
        _ = try await stream.receive()
      }
      let refused = try await channel.stream("/test.Stream/Echo")
      let error = await failure { try await refused.receive() }
      XCTAssertEqual(error?.code, .resourceExhausted)
      try await streams[0].finishSending()
      let end = try await streams[0].receive()
      XCTAssertNil(end)
      // The server counts a call until its peer is done with it, which may be a moment later.
      var next: [UInt8]?
      while next == nil {
        let stream = try await channel.stream("/test.Stream/Echo")
        try? await stream.send([2])
        next = try? await stream.receive()
      }
      XCTAssertEqual(next, [2])
    }
  }

  func testAReaderThatDoesNotReadSuspendsTheWriter() async throws {
    let stuck = Gate()
    let counter = Counter()
    let flooding = TestService(
      .serverStreaming("/test.Stream/Flood") { _, replies, _ in
        let watcher = Task {
          // The writer is stuck when the count stands still although the task may run.
          var last = -1
          while last != counter.value || last < 1 {
            last = counter.value
            for _ in 0..<1000 { await Task.yield() }
            try await Task.sleep(for: .milliseconds(20))
          }
          stuck.open()
        }
        defer { watcher.cancel() }
        let chunk = [UInt8](repeating: 0, count: 100_000)
        while true {
          try await replies.write(chunk)
          counter.increment()
        }
      })
    try await withServer([flooding], over: .tcp) { _, channel in
      let stream = try await channel.stream("/test.Stream/Flood")
      try await stream.send([UInt8]())
      try await stream.finishSending()
      await stuck.wait()
      // What lies between the two ends is a few windows, not what an unbounded writer makes.
      XCTAssertLessThan(counter.value, 200)
      stream.cancel()
      let error = await failure { while try await stream.receive() != nil {} }
      XCTAssertEqual(error?.code, .cancelled)
    }
  }

  func testAHandlerThatDoesNotReadSuspendsTheSender() async throws {
    let release = Gate()
    let slow = TestService(
      .clientStreaming("/test.Stream/Slow") { requests, _ in
        await release.wait()
        var count = 0
        for try await _ in requests { count += 1 }
        return Array("\(count)".utf8)
      })
    try await withServer([slow], over: .tcp) { _, channel in
      let stream = try await channel.stream("/test.Stream/Slow")
      let sent = Counter()
      let sender = Task {
        for _ in 0..<1000 {
          try await stream.send([UInt8](repeating: 0, count: 100_000))
          sent.increment()
        }
        try await stream.finishSending()
      }
      var last = -1
      while last != sent.value || last < 1 {
        last = sent.value
        try await Task.sleep(for: .milliseconds(20))
      }
      XCTAssertLessThan(sent.value, 200)
      release.open()
      try await sender.value
      let reply = try await stream.receive()
      XCTAssertEqual(reply, Array("1000".utf8))
    }
  }
}

/// A number that tasks count up.
final class Counter: Sendable {
  private let count = Mutex(0)

  var value: Int { count.withLock { $0 } }
  func increment() { count.withLock { $0 += 1 } }
}
