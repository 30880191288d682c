import CoreGRPC
import TestSupport
import XCTest

/// Files with which a server cannot start, or a channel be made: one clear line for each.
final class SecurityStartTests: XCTestCase {
  /// The one line with which the server does not start.
  private func startError(
    _ security: GRPCServer.Security, file: StaticString = #filePath, line: UInt = #line
  ) async throws -> String? {
    let server = try GRPCServer(
      address: "127.0.0.1:0", security: security, services: [TestService.echo])
    // Were there no error, the server would end at once.
    server.stop()
    do {
      try await server.run()
      XCTFail("started", file: file, line: line)
      return nil
    } catch {
      XCTAssertEqual(error.code, .invalidCertificate, file: file, line: line)
      return error.message
    }
  }

  func testMissingAndUnreadableFiles() async throws {
    let authority = try TestAuthority()
    let good = try authority.issue()
    let missing = authority.file("missing.pem")
    var message = try await startError(.tls(certificateChain: missing, privateKey: good.key))
    XCTAssertEqual(
      message, "Cannot read the certificate chain \(missing): No such file or directory.")
    message = try await startError(.tls(certificateChain: good.chain, privateKey: missing))
    XCTAssertEqual(message, "Cannot read the private key \(missing): No such file or directory.")
    message = try await startError(.tls(good, clientCertificates: .required(authorities: missing)))
    XCTAssertEqual(
      message, "Cannot read the authorities file \(missing): No such file or directory.")
    let below = good.chain + "/below"
    message = try await startError(.tls(certificateChain: below, privateKey: good.key))
    XCTAssertEqual(message, "Cannot read the certificate chain \(below): Not a directory.")
    let directory = authority.file("")
    message = try await startError(.tls(certificateChain: directory, privateKey: good.key))
    XCTAssertEqual(
      message, "Cannot read the certificate chain \(directory): it is not a regular file.")
    let pipe = authority.file("pipe")
    XCTAssertEqual(mkfifo(pipe, 0o600), 0)
    message = try await startError(.tls(certificateChain: pipe, privateKey: good.key))
    XCTAssertEqual(
      message, "Cannot read the certificate chain \(pipe): it is not a regular file.")
    message = try await startError(.tls(certificateChain: "/dev/zero", privateKey: good.key))
    XCTAssertEqual(
      message, "Cannot read the certificate chain /dev/zero: it is not a regular file.")
  }

  func testAPrivateKeyThatOthersMayUse() async throws {
    let authority = try TestAuthority()
    let good = try authority.issue()
    for mode: mode_t in [0o644, 0o604, 0o602, 0o660, 0o601] {
      XCTAssertEqual(chmod(good.key, mode), 0)
      let message = try await startError(
        .tls(certificateChain: good.chain, privateKey: good.key))
      XCTAssertEqual(
        message,
        "Cannot read the private key \(good.key): too many may use it "
          + "(mode \(String(mode, radix: 8))); chmod 600 it, or 640 for a group of readers.")
    }
    for mode: mode_t in [0o600, 0o400, 0o640] {
      XCTAssertEqual(chmod(good.key, mode), 0)
      let server = try GRPCServer(
        address: "127.0.0.1:0",
        security: .tls(certificateChain: good.chain, privateKey: good.key),
        services: [TestService.echo])
      server.stop()
      try await server.run()
    }
  }

  func testFilesThatAreNotPEM() async throws {
    let authority = try TestAuthority()
    let good = try authority.issue()
    let empty = try authority.write("", to: "empty")
    let binary = authority.file("der")
    try openssl(["x509", "-in", good.chain, "-outform", "DER", "-out", binary])
    for file in [binary, good.chain] { XCTAssertEqual(chmod(file, 0o600), 0) }
    for chain in [empty, binary, good.key] {
      let message = try await startError(.tls(certificateChain: chain, privateKey: good.key))
      XCTAssertEqual(message, "\(chain) holds no certificate in PEM form.")
    }
    for key in [empty, binary, good.chain] {
      let message = try await startError(.tls(certificateChain: good.chain, privateKey: key))
      XCTAssertEqual(message, "\(key) holds no readable private key in PEM form.")
    }
    for authorities in [empty, binary, good.key] {
      let message = try await startError(
        .tls(good, clientCertificates: .optional(authorities: authorities)))
      XCTAssertEqual(message, "\(authorities) holds no certificate in PEM form.")
    }
  }

  func testADamagedCertificateIsNamedByItsPosition() async throws {
    let authority = try TestAuthority()
    let good = try authority.issue()
    let text = try String(contentsOfFile: good.chain, encoding: .utf8)
    let damaged = text.replacingOccurrences(of: "MII", with: "AAA")
    let cut = String(text.prefix(text.count / 2))
    for (name, rest) in [("damaged", damaged), ("cut", cut)] {
      let chain = try authority.write(text + rest, to: name)
      let message = try await startError(.tls(certificateChain: chain, privateKey: good.key))
      XCTAssertEqual(message?.hasPrefix("Certificate 2 in \(chain) cannot be read: "), true)
    }
  }

  func testAKeyOfAnotherCertificate() async throws {
    let authority = try TestAuthority()
    let (one, other) = (try authority.issue(), try authority.issue())
    var message = try await startError(.tls(certificateChain: one.chain, privateKey: other.key))
    XCTAssertEqual(
      message,
      "The private key in \(other.key) does not belong to the certificate in \(one.chain).")
    // A chain in the wrong order is the same mistake.
    let leaf = try String(contentsOfFile: one.chain, encoding: .utf8)
    let issuer = try String(contentsOfFile: authority.certificate, encoding: .utf8)
    let chain = try authority.write(issuer + leaf, to: "reversed")
    message = try await startError(.tls(certificateChain: chain, privateKey: one.key))
    XCTAssertEqual(
      message, "The private key in \(one.key) does not belong to the certificate in \(chain).")
  }

  func testCertificatesOutOfTheirTime() async throws {
    let authority = try TestAuthority()
    let expired = try authority.issue(from: "20200101000000Z", until: "20210203040506Z")
    var message = try await startError(.tls(expired))
    XCTAssertEqual(
      message, "Certificate 1 in \(expired.chain) expired on Feb  3 04:05:06 2021 GMT.")
    let early = try authority.issue(from: "20400203040506Z", until: "20410101000000Z")
    message = try await startError(.tls(early))
    XCTAssertEqual(
      message, "Certificate 1 in \(early.chain) is not valid before Feb  3 04:05:06 2040 GMT.")
    // An expired certificate further up breaks the chain as well.
    let good = try authority.issue()
    let chain = try authority.write(
      try String(contentsOfFile: good.chain, encoding: .utf8)
        + String(contentsOfFile: expired.chain, encoding: .utf8), to: "chain")
    message = try await startError(.tls(certificateChain: chain, privateKey: good.key))
    XCTAssertEqual(message, "Certificate 2 in \(chain) expired on Feb  3 04:05:06 2021 GMT.")
  }

  func testAnEncryptedKeyIsRefusedWithoutAskingForItsPassphrase() async throws {
    let authority = try TestAuthority()
    let good = try authority.issue()
    for (name, command) in [("pkcs8", "pkcs8 -topk8"), ("traditional", "ec -aes128")] {
      let key = authority.file(name)
      try openssl(
        command.split(separator: " ").map(String.init)
          + ["-in", good.key, "-out", key, "-passout", "pass:secret"])
      let message = try await startError(.tls(certificateChain: good.chain, privateKey: key))
      XCTAssertEqual(
        message, "The private key in \(key) is encrypted; it must be without a passphrase.")
    }
  }

  func testAKeyTooShortForOpenSSL() async throws {
    let authority = try TestAuthority()
    let weak = try authority.issue(keyType: ["rsa:1024"])
    let message = try await startError(.tls(weak))
    XCTAssertEqual(
      message, "OpenSSL does not allow \(weak.chain) with \(weak.key): ee key too small.")
  }

  func testKeysOfEveryKindAndOneFileForBothWork() async throws {
    let authority = try TestAuthority()
    for kind in [["rsa:2048"], ["ed25519"], ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"]] {
      let identity = try authority.issue(keyType: kind)
      let both = try authority.write(
        try String(contentsOfFile: identity.key, encoding: .utf8)
          + String(contentsOfFile: identity.chain, encoding: .utf8), to: "both")
      for security in [
        GRPCServer.Security.tls(identity), .tls(certificateChain: both, privateKey: both),
      ] {
        try await withSecureServer(security) { _, port in
          let reply = try await callOnce(
            "localhost:\(port)", .tls(authorities: authority.certificate))
          XCTAssertEqual(reply, "echo", "\(kind)")
        }
      }
    }
  }

  func testAChannelNamesItsBadFileToo() throws {
    let authority = try TestAuthority()
    let (one, other) = (try authority.issue(), try authority.issue())
    let missing = authority.file("missing.pem")
    let cases: [(GRPCChannel.Security, String)] = [
      (.tls(authorities: missing), "authorities file \(missing)"),
      (.tls(authorities: one.key), "\(one.key) holds no certificate"),
      (
        .tls(
          clientCertificate: .init(certificateChain: one.chain, privateKey: other.key)),
        "does not belong"
      ),
    ]
    for (security, text) in cases {
      XCTAssertThrowsError(try GRPCChannel(target: "localhost:1", security: security)) {
        XCTAssertEqual(($0 as? ServerError)?.code, .invalidCertificate)
        XCTAssertTrue("\($0)".contains(text), "\($0)")
      }
    }
  }
}
