internal import Foundation
internal import XCTest

/// A certificate authority of a test, made with the openssl command, with what it issues.
///
/// All files are in a temporary directory, and go with this object.
package final class TestAuthority {
  /// A certificate chain and its key, as files.
  package struct Identity {
    package let chain: String
    package let key: String
  }

  /// The authority's own certificate.
  package let certificate: String
  private let directory: URL
  private var issued = 0

  package init(commonName: String = "Test Authority") throws {
    directory = FileManager.default.temporaryDirectory
      .appending(path: "grpc-authority-\(UInt64.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    certificate = directory.appending(path: "ca.pem").path
    try Data().write(to: directory.appending(path: "index"))
    try Data("unique_subject = no\n".utf8).write(to: directory.appending(path: "index.attr"))
    try openssl(
      ["req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=\(commonName)", "-newkey", "ec"]
        + ["-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", file("ca.key"), "-out", certificate])
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  /// A file of this directory.
  package func file(_ name: String) -> String { directory.appending(path: name).path }

  /// Writes a file of this directory, which may hold a private key.
  package func write(_ text: String, to name: String) throws -> String {
    try Data(text.utf8).write(to: directory.appending(path: name))
    chmod(file(name), 0o600)
    return file(name)
  }

  /// Issues a certificate; times are as openssl writes them, `20400101000000Z`.
  package func issue(
    _ subject: String = "/CN=localhost", names: String? = "DNS:localhost,IP:127.0.0.1,IP:::1",
    keyType: [String] = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], from begin: String? = nil,
    until end: String? = nil
  ) throws -> Identity {
    issued += 1
    let identity = Identity(chain: file("\(issued).pem"), key: file("\(issued).key"))
    let request = file("\(issued).csr")
    try openssl(
      ["req", "-new", "-nodes", "-subj", subject, "-keyout", identity.key, "-out", request]
        + ["-newkey"] + keyType)
    var lines = ["[ca]", "default_ca = d", "[d]", "database = \(file("index"))"]
    lines += ["new_certs_dir = \(directory.path)", "default_md = sha256", "policy = p"]
    lines += ["rand_serial = yes", "default_days = 1", "x509_extensions = e", "[p]"]
    lines += ["organizationName = optional", "commonName = optional", "[e]"]
    lines += [names.map { "subjectAltName = \($0)" } ?? "basicConstraints = CA:FALSE"]
    let configuration = try write(lines.joined(separator: "\n") + "\n", to: "\(issued).cnf")
    try openssl(
      ["ca", "-batch", "-notext", "-config", configuration, "-cert", certificate]
        + ["-keyfile", file("ca.key"), "-in", request, "-out", identity.chain]
        + (begin.map { ["-startdate", $0] } ?? []) + (end.map { ["-enddate", $0] } ?? []))
    return identity
  }
}

/// Runs the openssl command to its end, and returns what it printed, whatever its status was.
@discardableResult
package func openssl(
  _ arguments: [String], mustSucceed: Bool = true, file: StaticString = #filePath,
  line: UInt = #line
) throws -> String {
  let process = Process()
  let output = Pipe()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
  process.arguments = arguments
  process.standardInput = FileHandle.nullDevice
  process.standardOutput = output
  process.standardError = output
  try process.run()
  let text = String(
    decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  if mustSucceed { XCTAssertEqual(process.terminationStatus, 0, text, file: file, line: line) }
  return text
}

extension RawPeer {
  /// A peer that says whatever a test wants, inside of TLS: openssl in between does the handshake.
  package static func overTLS(port: Int, _ arguments: [String] = ["-alpn", "h2"]) throws -> RawPeer
  {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
      throw Failure(problem: errno)
    }
    // The child must not hold this side open.
    _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
    let theirs = FileHandle(fileDescriptor: ends[1], closeOnDealloc: false)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments =
      ["s_client", "-quiet", "-nocommands", "-no_ign_eof", "-connect", "127.0.0.1:\(port)"]
      + arguments
    process.standardInput = theirs
    process.standardOutput = theirs
    process.standardError = FileHandle.nullDevice
    try process.run()
    // Or the end of the child would not be the end of the connection.
    try theirs.close()
    return RawPeer(descriptor: ends[0], process: process)
  }
}
