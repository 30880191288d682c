import CoreGRPC
import Foundation
import JobMessages
import ProtobufWire
import XCTest

@testable import JobClient

/// Which hosts files go to, and what goes through a proxy.
final class TransferRuleTests: XCTestCase {
  private func isAllowed(_ url: String, _ hosts: TransferHosts) -> Bool {
    (try? hosts.url(url, for: "x")) != nil
  }

  func testTheServersOwnHostIsAllowed() {
    let hosts = TransferHosts(server: "Jobs.Example.org:50051")
    for url in [
      "http://jobs.example.org:50052/x", "https://JOBS.example.org/x",
      "https://jobs.example.org./x",
    ] {
      XCTAssertTrue(isAllowed(url, hosts), url)
    }
    for url in [
      "https://example.org/", "https://x.jobs.example.org/", "http://127.0.0.1/",
      "ftp://jobs.example.org/", "file:///etc/passwd", "//jobs.example.org/", "jobs.example.org",
      "",
      "http://user@jobs.example.org/", "http://user:secret@jobs.example.org/", "http:///x",
      "http://jobs.example.org\n.example.net/",
    ] {
      XCTAssertFalse(isAllowed(url, hosts), url)
    }
  }

  func testEveryNameOfThisMachineIsAllowedForAServerOnIt() {
    for server in ["127.0.0.1:50051", "localhost:1", "[::1]:1", "unix:/run/jobs", "127.1.2.3:1"] {
      let hosts = TransferHosts(server: server)
      for url in ["http://127.0.0.1:1/", "https://localhost/", "http://[::1]:1/"] {
        XCTAssertTrue(isAllowed(url, hosts), "\(url) for \(server)")
      }
      XCTAssertFalse(isAllowed("http://10.0.0.1/", hosts))
      XCTAssertFalse(isAllowed("http://127.0.0.1.example.net/", hosts))
    }
  }

  func testOtherHostsHaveToBeNamed() {
    let hosts = TransferHosts(
      server: "jobs.example.org:1", others: ["s3.example.net", "http://plain.example.net"])
    XCTAssertTrue(isAllowed("https://s3.example.net/x", hosts))
    XCTAssertFalse(isAllowed("http://s3.example.net/x", hosts), "in the clear")
    XCTAssertTrue(isAllowed("http://plain.example.net/x", hosts))
    XCTAssertTrue(isAllowed("https://plain.example.net/x", hosts))
    XCTAssertFalse(isAllowed("https://example.net/x", hosts))
    XCTAssertThrowsError(try hosts.url("http://s3.example.net/?signature=secret", for: "x")) {
      XCTAssertTrue("\($0)".contains("--upload-host http://s3.example.net "), "\($0)")
      XCTAssertFalse("\($0)".contains("secret"), "\($0)")
    }
  }

  func testProxiesOfTheEnvironment() throws {
    let rules = ProxyRules(environment: [
      "http_proxy": "http://user:pass@proxy.example:3128/", "HTTPS_PROXY": "secure.example:8080",
      "no_proxy": "localhost, example.org,.example.com,only.example.net:443, 10.0.0.1",
    ])
    XCTAssertEqual(
      try rules.proxy(for: "storage.example.net", port: 80, isEncrypted: false),
      .init(host: "proxy.example", port: 3128, user: "user", password: "pass"))
    XCTAssertEqual(
      try rules.proxy(for: "storage.example.net", port: 443, isEncrypted: true),
      .init(host: "secure.example", port: 8080))
    for host in [
      "localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1", "[::1]", "example.org",
      "a.example.org", "example.com", "b.Example.COM", "10.0.0.1",
    ] {
      XCTAssertNil(try rules.proxy(for: host, port: 80, isEncrypted: false), host)
    }
    XCTAssertNotNil(try rules.proxy(for: "notexample.org", port: 80, isEncrypted: false))
    XCTAssertNil(try rules.proxy(for: "only.example.net", port: 443, isEncrypted: true))
    XCTAssertNotNil(try rules.proxy(for: "only.example.net", port: 80, isEncrypted: false))
    XCTAssertEqual(
      try rules.proxyURL(forTarget: "jobs.example.net:50051", isEncrypted: false),
      "http://user:pass@proxy.example:3128")
    for target in ["unix:/run/jobs", "127.0.0.1:50051", "[::1]:50051", "jobs.example.org:50051"] {
      XCTAssertNil(try rules.proxyURL(forTarget: target, isEncrypted: false), target)
    }
    let everything = ProxyRules(environment: ["http_proxy": "p:1", "NO_PROXY": "*"])
    XCTAssertNil(try everything.proxy(for: "storage.example.net", port: 80, isEncrypted: false))
    // A header of a request becomes this variable where a web server runs programs.
    let header = ProxyRules(environment: ["HTTP_PROXY": "p:1"])
    XCTAssertNil(try header.proxy(for: "storage.example.net", port: 80, isEncrypted: false))
    let wrong = ProxyRules(environment: ["http_proxy": "socks5://secret@p:1"])
    XCTAssertThrowsError(try wrong.proxy(for: "a.example", port: 80, isEncrypted: false)) {
      XCTAssertTrue("\($0)".contains("http_proxy") && !"\($0)".contains("secret"), "\($0)")
    }
  }

  /// The same proxy is asked for uploads and for calls.
  func testUploadsAndCallsGoThroughTheProxy() async throws {
    let proxy = try StubServer(.ignoresBody) { _ in .init(status: "403 Forbidden") }
    defer { proxy.stop() }
    let rules = ProxyRules(environment: ["http_proxy": "http://127.0.0.1:\(proxy.port)"])
    let path = NSTemporaryDirectory() + "TransferRuleTests-" + UUID().uuidString
    try Data("abc".utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let local = try LocalFile(path: path)
    var options = TransferOptions(hosts: TransferHosts(server: "jobs.invalid:1"), proxies: rules)
    options.attempts = 1
    let entry = StorageFile.with {
      $0.file = local.file
      $0.url = "http://jobs.invalid:50052/x"
    }
    do {
      try await FileUploader(options).upload([entry], from: [local])
      XCTFail("uploaded")
    } catch {
      XCTAssertTrue(error.description.contains("proxy refused"), error.description)
    }
    let channel = try GRPCChannel(
      target: "jobs.invalid:50051", security: .plaintext,
      httpProxy: rules.proxyURL(forTarget: "jobs.invalid:50051", isEncrypted: false))
    let client = ProjectJobClient(channel: channel, timeout: .seconds(20))
    do {
      _ = try await client.job(id: "x")
      XCTFail("answered")
    } catch {
      XCTAssertEqual(error.code, .unavailable, error.message)
    }
    await channel.close()
    let lines = proxy.requests.map { $0.head.prefix { $0 != "\r\n" } }
    XCTAssertEqual(lines.first, "CONNECT jobs.invalid:50052 HTTP/1.1")
    XCTAssertTrue(
      lines.dropFirst().contains { $0.hasPrefix("CONNECT jobs.invalid:50051 ") },
      "\(lines)")
  }
}
