import CoreGRPC
import TestSupport
import XCTest

/// Certificates that are renewed while the server runs.
final class SecurityReloadTests: XCTestCase {
  private var configuration: ServerConfiguration {
    var configuration = ServerConfiguration()
    configuration.certificateReloadInterval = .milliseconds(20)
    return configuration
  }

  private func subject(at port: Int) throws -> String? {
    try handshake(port: port).split(separator: "\n").first { $0.hasPrefix("subject=") }
      .map(String.init)
  }

  private func copy(_ source: String, over target: String) throws {
    try Data(contentsOf: URL(fileURLWithPath: source)).write(to: URL(fileURLWithPath: target))
  }

  func testNewConnectionsGetTheNewCertificateAndOldOnesGoOn() async throws {
    let authority = try TestAuthority()
    let (inUse, renewed) = (try authority.issue("/CN=old"), try authority.issue("/CN=new"))
    let security = GRPCChannel.Security.tls(authorities: authority.certificate)
    let (began, proceed) = (Gate(), Gate())
    let waiting = TestService(
      .unary("/test.Wait/Wait") { request, _ in
        began.open()
        await proceed.wait()
        return request
      })
    let log = LogRecorder()
    try await withSecureServer(
      .tls(inUse), services: [waiting], configuration: configuration, log: log
    ) { server, port in
      XCTAssertEqual(try subject(at: port), "subject=CN = old")
      async let reply = callOnce(
        "localhost:\(port)", security, path: "/test.Wait/Wait", timeout: .seconds(60))
      await began.wait()

      // The key first: until the certificate follows, they do not match.
      try copy(renewed.key, over: inUse.key)
      let isWarned = await eventually { !log.lines(with: "does not belong").isEmpty }
      XCTAssertTrue(isWarned)
      XCTAssertEqual(try subject(at: port), "subject=CN = old")

      try copy(renewed.chain, over: inUse.chain)
      let isRenewed = try await eventually { try subject(at: port) == "subject=CN = new" }
      XCTAssertTrue(isRenewed)
      XCTAssertEqual(log.lines(with: "certificates reloaded").count, 1)

      proceed.open()
      let message = try await reply
      XCTAssertEqual(message, "echo")
    }
  }

  func testBadFilesLeaveTheOldOnesInUseWithOneWarningEach() async throws {
    let authority = try TestAuthority()
    let inUse = try authority.issue("/CN=old")
    let (chain, log) = (inUse.chain, LogRecorder())
    try await withSecureServer(.tls(inUse), configuration: configuration, log: log) { _, port in
      try Data("junk".utf8).write(to: URL(fileURLWithPath: chain))
      let isJunkNoticed = await eventually { !log.lines(with: "holds no certificate").isEmpty }
      XCTAssertTrue(isJunkNoticed)
      try FileManager.default.removeItem(atPath: chain)
      let isLossNoticed = await eventually { !log.lines(with: "No such file").isEmpty }
      XCTAssertTrue(isLossNoticed)
      XCTAssertEqual(try subject(at: port), "subject=CN = old")
      XCTAssertEqual(log.lines(with: "not reloaded").count, 2)
      let expired = try authority.issue(
        "/CN=expired", from: "20200101000000Z", until: "20210101000000Z")
      try copy(expired.chain, over: chain)
      try copy(expired.key, over: inUse.key)
      let isAgeNoticed = await eventually { !log.lines(with: "expired on").isEmpty }
      XCTAssertTrue(isAgeNoticed)
      XCTAssertEqual(try subject(at: port), "subject=CN = old")
    }
  }

  func testNewAuthoritiesCountForNewConnections() async throws {
    let authority = try TestAuthority()
    let (first, second) = (try TestAuthority(), try TestAuthority())
    let trusted = authority.file("trusted.pem")
    try copy(first.certificate, over: trusted)
    let security = GRPCServer.Security.tls(
      try authority.issue(), clientCertificates: .required(authorities: trusted))
    try await withSecureServer(security, configuration: configuration) { _, port in
      func isServed(_ identity: TestAuthority.Identity) async throws -> Bool {
        let certificate = GRPCChannel.ClientCertificate(
          certificateChain: identity.chain, privateKey: identity.key)
        let security = GRPCChannel.Security.tls(
          authorities: authority.certificate, clientCertificate: certificate)
        do { return try await callOnce("localhost:\(port)", security) == "echo" } catch {
          return false
        }
      }
      let (old, new) = (try first.issue("/CN=old"), try second.issue("/CN=new"))
      let isOldServed = try await isServed(old)
      let isNewRefused = try await !isServed(new)
      XCTAssertTrue(isOldServed && isNewRefused)
      try copy(second.certificate, over: trusted)
      let isNewServed = try await eventually { try await isServed(new) }
      let isOldRefused = try await !isServed(old)
      XCTAssertTrue(isNewServed && isOldRefused)
    }
  }

  func testRenewalsUnderLoadLoseNoConnection() async throws {
    let authority = try TestAuthority()
    let identities = try (0..<2).map { try authority.issue("/CN=number \($0)") }
    let inUse = try authority.issue()
    var configuration = configuration
    configuration.certificateReloadInterval = .milliseconds(1)
    let log = LogRecorder()
    try await withSecureServer(.tls(inUse), configuration: configuration, log: log) { _, port in
      let security = GRPCChannel.Security.tls(authorities: authority.certificate)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
          group.addTask {
            for _ in 0..<50 { _ = try await callOnce("localhost:\(port)", security) }
          }
        }
        for round in 0..<20 {
          try copy(identities[round % 2].key, over: inUse.key)
          try copy(identities[round % 2].chain, over: inUse.chain)
          let isReloaded = await eventually {
            log.lines(with: "certificates reloaded").count == round + 1
          }
          XCTAssertTrue(isReloaded)
        }
        try await group.waitForAll()
      }
    }
  }
}
