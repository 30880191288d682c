import CoreGRPC
import Logging
import ServiceLifecycle
import Synchronization
import TestSupport
import XCTest

/// The end of a server that has much to do, or peers that mean harm.
final class ShutdownTests: XCTestCase {
  /// A server that runs, until its task is cancelled or it is stopped.
  private struct Running {
    let server: GRPCServer
    let task: Task<Void, any Error>
    let port: Int

    init(
      _ services: [any GRPCService], configuration: ServerConfiguration = .init(),
      logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) async throws {
      let server = try GRPCServer(
        address: "127.0.0.1:0", services: services, configuration: configuration, logger: logger)
      self.server = server
      task = Task { try await server.run() }
      let port = await server.waitUntilStarted()
      self.port = try XCTUnwrap(port)
    }

    /// Whether it accepts no more calls.
    func hasBegunToDrain() async -> Bool { await server.waitUntilStarted() == nil }
  }

  /// Handlers that end when the gate opens, or when they are cancelled; `began` counts them.
  private func waiting(_ name: String, for gate: Gate, began: Counter) -> TestService {
    TestService(
      .unary("/test.\(name)/Unary") { _, _ -> [UInt8] in
        began.increment()
        await gate.wait()
        try Task.checkCancellation()
        return [1]
      },
      .bidirectionalStreaming("/test.\(name)/Stream") { requests, replies, _ in
        var iterator = requests.makeAsyncIterator()
        let first = try await iterator.next()
        began.increment()
        await gate.wait()
        try await replies.write(first ?? [])
      })
  }

  private static func outcome(_ call: () async throws -> Void) async -> StatusCode? {
    do {
      try await call()
      return .ok
    } catch {
      return (error as? RPCError)?.code
    }
  }

  func testEveryCallOfMoreThanAThousandEndsWithItsStatus() async throws {
    let early = Gate()
    let began = Counter()
    var configuration = ServerConfiguration()
    configuration.maximumConcurrentStreams = 2000
    configuration.shutdownGrace = .seconds(120)
    let running = try await Running(
      [
        waiting("Early", for: early, began: began), waiting("Late", for: Gate(), began: began),
      ], configuration: configuration)
    let channel = try GRPCChannel(plaintextTarget: "127.0.0.1:\(running.port)")
    @Sendable func unary(_ name: String) async -> StatusCode? {
      await Self.outcome { _ = try await channel.unary("/test.\(name)/Unary", [1]) }
    }
    @Sendable func stream(_ name: String) async -> StatusCode? {
      await Self.outcome {
        let stream = try await channel.stream("/test.\(name)/Stream")
        try await stream.send([1])
        while try await stream.receive() != nil {}
      }
    }
    func all(_ name: String) -> Task<[StatusCode?], Never> {
      Task {
        await withTaskGroup(of: StatusCode?.self) { group in
          for _ in 0..<500 { group.addTask { await unary(name) } }
          for _ in 0..<50 { group.addTask { await stream(name) } }
          return await group.reduce(into: []) { $0.append($1) }
        }
      }
    }
    let earlyCalls = all("Early")
    let lateCalls = all("Late")
    let haveBegun = await eventually(within: .seconds(60)) { began.value == 1100 }
    XCTAssertTrue(haveBegun)
    running.server.stop()
    let isDraining = await eventually { await running.hasBegunToDrain() }
    XCTAssertTrue(isDraining)
    // Within the grace all is finished that can be.
    early.open()
    let finished = await earlyCalls.value
    XCTAssertEqual(finished.count { $0 == .ok }, 550)
    // A cancellation ends the grace, long before its time.
    running.task.cancel()
    let cancelled = await lateCalls.value
    XCTAssertEqual(cancelled.count { $0 == .cancelled || $0 == .unavailable }, 550)
    try await running.task.value
    await channel.close()
  }

  func testAServiceGroupLetsTheServerDrain() async throws {
    let gate = Gate()
    let began = Counter()
    let server = try GRPCServer(
      address: "127.0.0.1:0", services: [waiting("Early", for: gate, began: began)])
    let group = ServiceGroup(
      configuration: .init(
        services: [.init(service: server)],
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    let serving = Task { try await group.run() }
    let started = await server.waitUntilStarted()
    let channel = try GRPCChannel(plaintextTarget: "127.0.0.1:\(try XCTUnwrap(started))")
    async let reply = channel.unary("/test.Early/Unary", [1])
    let hasBegun = await eventually { began.value == 1 }
    XCTAssertTrue(hasBegun)
    await group.triggerGracefulShutdown()
    let isDraining = await eventually { await server.waitUntilStarted() == nil }
    XCTAssertTrue(isDraining)
    gate.open()
    let message = try await reply.message
    XCTAssertEqual(message, [1])
    try await serving.value
    await channel.close()
  }

  func testAServiceGroupThatHasWaitedLongEnoughEndsTheGrace() async throws {
    let began = Counter()
    var configuration = ServerConfiguration()
    configuration.shutdownGrace = .seconds(600)
    let server = try GRPCServer(
      address: "127.0.0.1:0", services: [waiting("Late", for: Gate(), began: began)],
      configuration: configuration)
    var options = ServiceGroupConfiguration(
      services: [.init(service: server)],
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    options.maximumGracefulShutdownDuration = .milliseconds(100)
    let group = ServiceGroup(configuration: options)
    let serving = Task { try await group.run() }
    let started = await server.waitUntilStarted()
    let channel = try GRPCChannel(plaintextTarget: "127.0.0.1:\(try XCTUnwrap(started))")
    let call = Task { try await channel.unary("/test.Late/Unary", [1]) }
    let hasBegun = await eventually { began.value == 1 }
    XCTAssertTrue(hasBegun)
    await group.triggerGracefulShutdown()
    let error = await failure { try await call.value }
    XCTAssertTrue([.cancelled, .unavailable].contains(error?.code))
    // The group says that it had to cancel, or that all is well: either way it has ended.
    _ = await serving.result
    await channel.close()
  }

  func testTheLogTellsOfHandlersThatIgnoreTheirCancellation() async throws {
    let began = Counter()
    let stubborn = Gate()
    let service = TestService(
      .unary("/test.Stubborn/Unary") { _, _ -> [UInt8] in
        began.increment()
        await Task.detached { await stubborn.wait() }.value
        return []
      })
    var configuration = ServerConfiguration()
    configuration.shutdownGrace = .milliseconds(10)
    let log = LogRecorder()
    let running = try await Running(
      [service], configuration: configuration, logger: log.logger)
    let channel = try GRPCChannel(plaintextTarget: "127.0.0.1:\(running.port)")
    let call = Task { try await channel.unary("/test.Stubborn/Unary", [1]) }
    let hasBegun = await eventually { began.value == 1 }
    XCTAssertTrue(hasBegun)
    running.server.stop()
    let isTold = await eventually(within: .seconds(20)) {
      !log.lines(with: "handlers go on").isEmpty
    }
    XCTAssertTrue(isTold)
    stubborn.open()
    _ = await call.result
    try await running.task.value
    await channel.close()
  }

  /// Core closes a connection with its last status; what its peer says then makes the kernel reset it,
  /// and with that throw away what is still to be sent.
  func testASlowReaderHasItsReplyWhenTheServerStops() async throws {
    let began = Gate()
    let proceed = Gate()
    let large = TestService(
      .unary("/test.Large/Large") { _, _ in
        began.open()
        await proceed.wait()
        return [UInt8](repeating: 7, count: 60_000)
      })
    let running = try await Running([large])
    let peer = try RawPeer(port: running.port, receiveBuffer: 2048)
    peer.send(HTTP2Frame.greeting + HTTP2Frame.settingsAcknowledgement)
    peer.send(HTTP2Frame.call(stream: 1, path: "/test.Large/Large", []))
    await began.wait()
    running.server.stop()
    // Core ends a connection only after the peer has answered to the first of two announcements.
    var announcements = 0
    while announcements < 2 {
      let frame = try XCTUnwrap(peer.frame())
      if frame.type == HTTP2Frame.Kind.goAway.rawValue { announcements += 1 }
      guard frame.type == HTTP2Frame.Kind.ping.rawValue, frame.flags == 0 else { continue }
      peer.send(HTTP2Frame(.ping, flags: HTTP2Frame.acknowledgement, frame.payload).bytes)
    }
    proceed.open()
    var message = 0
    var trailers: HTTP2Frame?
    while trailers == nil {
      peer.send(HTTP2Frame.windowUpdate(stream: 0, by: 1))
      let frame = try XCTUnwrap(peer.frame(), "the connection ended after \(message) bytes")
      guard frame.stream == 1 else { continue }
      if frame.type == HTTP2Frame.Kind.data.rawValue { message += frame.payload.count }
      if frame.flags & HTTP2Frame.endStream != 0 { trailers = frame }
    }
    XCTAssertEqual(message, 60_005)
    XCTAssertEqual(trailers?.endsCall(with: 0), true)
    try await running.task.value
  }

  func testPeersThatMeanHarmDoNotHoldUpTheEnd() async throws {
    let large = TestService(
      .unary("/test.Large/Large") { _, _ in [UInt8](repeating: 7, count: 1 << 20) })
    var configuration = ServerConfiguration()
    configuration.shutdownGrace = .milliseconds(200)
    // What would end the connection of a peer that does not read.
    configuration.keepaliveTimeout = .seconds(120)
    let running = try await Running([TestService.echo, large], configuration: configuration)
    let block = HTTP2Frame.callHeaders(path: "/test.Echo/Echo")
    // Silent; with half a preface; with requests that never arrive; with replies that nobody reads;
    // with nothing but resets.
    let silent = try RawPeer(port: running.port)
    let halfPreface = try RawPeer(port: running.port)
    halfPreface.send(Array(HTTP2Frame.preface.prefix(10)))
    let halfRequests = try RawPeer(port: running.port)
    halfRequests.send(HTTP2Frame.greeting)
    for call in 0..<100 {
      halfRequests.send(HTTP2Frame.headers(stream: 2 * call + 1, block))
    }
    let deaf = try RawPeer(port: running.port)
    deaf.send(HTTP2Frame.preface + HTTP2Frame.settings([(4, 0x7fff_ffff)]))
    deaf.send(HTTP2Frame.windowUpdate(stream: 0, by: 0x7fff_ffff - 65_535))
    for call in 0..<50 {
      deaf.send(HTTP2Frame.call(stream: 2 * call + 1, path: "/test.Large/Large", []))
    }
    let isOver = Atomic(false)
    let resetting = Task.detached {
      guard let peer = try? RawPeer(port: running.port) else { return }
      peer.send(HTTP2Frame.greeting)
      var stream = 1
      while !isOver.load(ordering: .relaxed) {
        let reset = HTTP2Frame.headers(stream: stream, block) + HTTP2Frame.reset(stream: stream)
        guard peer.send(reset, dropsReplies: true) else { return }
        stream += 2
      }
    }
    // All of it is under way when a good call has passed.
    let reply = try await callOnce("127.0.0.1:\(running.port)", .plaintext)
    XCTAssertEqual(reply, "echo")
    let begin = ContinuousClock.now
    running.server.stop()
    try await running.task.value
    // Far from the keepalive timeout, and from the ten seconds that core polls a blocked write.
    XCTAssertLessThan(ContinuousClock.now - begin, .seconds(9))
    isOver.store(true, ordering: .relaxed)
    await resetting.value
    for peer in [silent, halfPreface, halfRequests] {
      XCTAssertTrue(peer.isClosed(within: .seconds(5)))
    }
  }
}
