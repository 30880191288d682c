import Foundation
import TestSupport
import XCTest

/// HAProxy in front of a server, with the configuration that the documentation gives.
final class ProxyProcess {
  struct Failure: Error { let message: String }

  let port: Int
  private let process = Process()

  /// Starts the proxy, and waits until it listens.
  ///
  /// - Parameters:
  ///   - server: the port of the server behind it.
  ///   - identity: what it shows to clients.
  ///   - folder: where its files are made.
  init(of server: Int, showing identity: TestAuthority.Identity, in folder: String) async throws {
    let article = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../Sources/JobService/JobService.docc/BehindHAProxy.md")
    let text = try String(contentsOf: article, encoding: .utf8)
    let parts = text.components(separatedBy: "```haproxy\n")
    guard parts.count == 2, let block = parts[1].components(separatedBy: "```").first else {
      throw Failure(message: "the article has no configuration")
    }
    let pem = folder + "/proxy.pem"
    let both = try [identity.chain, identity.key].map {
      try String(contentsOfFile: $0, encoding: .utf8)
    }
    try both.joined().write(toFile: pem, atomically: true, encoding: .utf8)
    port = try Self.freePort()
    let configuration = block.replacing("/etc/haproxy/jobs.pem", with: pem)
      .replacing("bind :443 ", with: "bind 127.0.0.1:\(port) ")
      .replacing("server jobs 127.0.0.1:50051 ", with: "server jobs 127.0.0.1:\(server) ")
    let file = folder + "/haproxy.cfg"
    try configuration.write(toFile: file, atomically: true, encoding: .utf8)
    process.executableURL = URL(fileURLWithPath: "/usr/sbin/haproxy")
    process.arguments = ["-db", "-f", file]
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let listens = await eventually(within: .seconds(20)) { [port] in
      (try? RawPeer(port: port)) != nil
    }
    guard listens else { throw Failure(message: "HAProxy does not listen") }
  }

  deinit {
    process.terminate()
    process.waitUntilExit()
  }

  /// A port that nobody uses at this moment.
  private static func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutableBytes(of: &address) { bytes in
      guard let base = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else {
        return false
      }
      return bind(descriptor, base, length) == 0 && getsockname(descriptor, base, &length) == 0
    }
    guard isBound else { throw Failure(message: "no port is free") }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
