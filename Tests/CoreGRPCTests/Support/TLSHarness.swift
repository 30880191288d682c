import CoreGRPC
import Logging
import Synchronization
import TestSupport
import XCTest

/// Runs a server on a free TCP port around `body`, and ends it.
func withSecureServer(
  _ security: GRPCServer.Security, address: String = "127.0.0.1:0",
  services: [any GRPCService] = [TestService.echo],
  configuration: ServerConfiguration = .init(), log: LogRecorder = LogRecorder(),
  _ body: (GRPCServer, Int) async throws -> Void
) async throws {
  let server = try GRPCServer(
    address: address, security: security, services: services, configuration: configuration,
    logger: log.logger)
  let serving = Task { try await server.run() }
  do {
    try await body(server, await server.waitUntilStarted() ?? 0)
    server.stop()
    try await serving.value
  } catch {
    server.stop()
    try await serving.value
    throw error
  }
}

extension GRPCServer.Security {
  /// TLS with an identity that a test issued.
  static func tls(
    _ identity: TestAuthority.Identity,
    clientCertificates: GRPCServer.ClientCertificates = .none
  ) -> Self {
    .tls(
      certificateChain: identity.chain, privateKey: identity.key,
      clientCertificates: clientCertificates)
  }
}

/// The reply of one call over a channel of its own.
func callOnce(
  _ target: String, _ security: GRPCChannel.Security, path: String = "/test.Echo/Echo",
  timeout: Duration = .seconds(10)
) async throws -> String {
  let channel = try GRPCChannel(target: target, security: security)
  do {
    let reply = try await channel.unary(path, Array("echo".utf8), timeout: timeout)
    await channel.close()
    return String(decoding: reply.message, as: UTF8.self)
  } catch {
    await channel.close()
    throw error
  }
}

/// What `openssl s_client` says of a handshake.
func handshake(port: Int, _ arguments: [String] = ["-alpn", "h2"]) throws -> String {
  try openssl(
    ["s_client", "-connect", "127.0.0.1:\(port)"] + arguments, mustSucceed: false)
}

/// Keeps the lines that a logger gets.
final class LogRecorder: Sendable {
  private struct Handler: LogHandler {
    let recorder: LogRecorder
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let values = event.metadata?.values.map { "\($0)" } ?? []
      recorder.lines.withLock {
        $0.append("\(event.level): \(event.message) \(values.joined(separator: " "))")
      }
    }
  }

  private let lines = Mutex<[String]>([])

  var logger: Logger { Logger(label: "test") { _ in Handler(recorder: self) } }

  /// The lines so far that hold this text.
  func lines(with text: String) -> [String] { lines.withLock { $0.filter { $0.contains(text) } } }
}
