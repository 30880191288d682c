import CoreGRPC
import Foundation
import Logging
import TestSupport
import XCTest

/// A server in a process of its own, for attacks that would hurt the tests' own process.
///
/// The child is this test binary again, running ``VictimProcess`` alone. It ends in good order when
/// its standard input does, also when the parent is gone.
final class VictimServer {
  static let descriptorsKey = "VICTIM_DESCRIPTORS"
  static let handshakeKey = "VICTIM_HANDSHAKE_MILLISECONDS"
  static let keepaliveKey = "VICTIM_KEEPALIVE_MILLISECONDS"
  static let countsUnfinishedKey = "VICTIM_COUNTS_UNFINISHED_REQUESTS"
  static let certificateKey = "VICTIM_CERTIFICATE"
  static let privateKeyKey = "VICTIM_PRIVATE_KEY"
  static let portFileKey = "VICTIM_PORT_FILE"

  struct Failure: Error { let message: String }

  let port: Int
  private let process = Process()
  private let input = Pipe()

  /// Starts a server; nil leaves a default.
  init(
    descriptors: Int? = nil, handshakeMilliseconds: Int? = nil, keepaliveMilliseconds: Int? = nil,
    countsUnfinishedRequests: Bool = false, identity: TestAuthority.Identity? = nil
  ) async throws {
    let portFile = NSTemporaryDirectory() + "victim-\(UInt64.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: portFile) }
    process.executableURL = URL(
      fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    process.arguments = ["CoreGRPCTests.VictimProcess/testServes"]
    var environment = ProcessInfo.processInfo.environment
    environment[Self.portFileKey] = portFile
    environment[Self.descriptorsKey] = descriptors.map(String.init)
    environment[Self.handshakeKey] = handshakeMilliseconds.map(String.init)
    environment[Self.keepaliveKey] = keepaliveMilliseconds.map(String.init)
    environment[Self.countsUnfinishedKey] = countsUnfinishedRequests ? "1" : nil
    environment[Self.certificateKey] = identity?.chain
    environment[Self.privateKeyKey] = identity?.key
    process.environment = environment
    process.standardInput = input
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    var port: Int?
    let process = process
    _ = await eventually(within: .seconds(20)) {
      port = (try? String(contentsOfFile: portFile, encoding: .utf8)).flatMap { Int($0) }
      return port != nil || !process.isRunning
    }
    guard let port else { throw Failure(message: "the victim did not start") }
    self.port = port
  }

  deinit { if process.isRunning { process.terminate() } }

  /// The most memory that the process has used so far, in bytes.
  var peakMemory: Int {
    get throws { try processMemory("VmHWM", of: process.processIdentifier) }
  }

  /// Descriptors that the process has open.
  var descriptorCount: Int {
    get throws {
      try FileManager.default
        .contentsOfDirectory(atPath: "/proc/\(process.processIdentifier)/fd").count
    }
  }

  /// Seconds of processor time that it has used.
  var processorSeconds: Double {
    get throws {
      let text = try String(
        contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)
      // After the name in parentheses, user and system time are the 12th and 13th fields.
      let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
      let ticks = fields.dropFirst(11).prefix(2).compactMap { Double($0) }
      return ticks.reduce(0, +) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
  }

  /// Ends the server in good order; the test fails unless it survived until now.
  func stop(file: StaticString = #filePath, line: UInt = #line) async throws {
    XCTAssertTrue(process.isRunning, "the server died", file: file, line: line)
    try input.fileHandleForWriting.close()
    let process = process
    let hasEnded = await eventually(within: .seconds(20)) { !process.isRunning }
    XCTAssertTrue(hasEnded, "the server does not end", file: file, line: line)
    guard hasEnded else { return }
    XCTAssertEqual(process.terminationStatus, 0, file: file, line: line)
  }
}

/// The child: serves until its standard input ends; in the tests' own process it does nothing.
final class VictimProcess: XCTestCase {
  func testServes() async throws {
    let environment = ProcessInfo.processInfo.environment
    guard let portFile = environment[VictimServer.portFileKey] else { return }
    if let limit = environment[VictimServer.descriptorsKey].flatMap(UInt.init) {
      var limits = rlimit(rlim_cur: limit, rlim_max: limit)
      XCTAssertEqual(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits), 0)
    }
    var configuration = ServerConfiguration()
    configuration.shutdownGrace = .milliseconds(500)
    if let time = environment[VictimServer.handshakeKey].flatMap(Int.init) {
      configuration.handshakeTimeoutMilliseconds = time
    }
    if let time = environment[VictimServer.keepaliveKey].flatMap(Int.init) {
      configuration.keepaliveTime = .milliseconds(time)
      configuration.keepaliveTimeout = .milliseconds(time)
    }
    configuration.countsUnfinishedRequests = environment[VictimServer.countsUnfinishedKey] != nil
    let large = TestService(
      .unary("/test.Large/Large") { _, _ in [UInt8](repeating: 7, count: 1 << 20) })
    var security = GRPCServer.Security.plaintext
    if let chain = environment[VictimServer.certificateKey],
      let key = environment[VictimServer.privateKeyKey]
    {
      security = .tls(certificateChain: chain, privateKey: key)
    }
    let server = try GRPCServer(
      address: "127.0.0.1:0", security: security, services: [TestService.echo, large],
      configuration: configuration,
      logger: Logger(label: "victim") { _ in SwiftLogNoOpLogHandler() })
    let serving = Task { try await server.run() }
    let port = await server.waitUntilStarted()
    try "\(try XCTUnwrap(port))".write(toFile: portFile, atomically: true, encoding: .utf8)
    Thread.detachNewThread {
      _ = FileHandle.standardInput.readDataToEndOfFile()
      server.stop()
    }
    try await serving.value
  }
}
