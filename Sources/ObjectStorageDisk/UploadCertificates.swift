internal import JobCloning
internal import Logging
internal import NIOCore
internal import NIOSSL

/// The files that an upload server proves itself with, and how often they are looked at again.
public struct UploadCertificateFiles: Sendable, Equatable {
  /// The server's certificate and those of its issuers, PEM.
  public var chain: String
  /// The private key of the first certificate, PEM, which only its owner and a group may read.
  public var key: String
  /// A change of the files counts for connections that are made so long after it, or later.
  public var reloadInterval: Duration

  /// Files to read.
  public init(chain: String, key: String, reloadInterval: Duration = .seconds(10)) {
    self.chain = chain
    self.key = key
    self.reloadInterval = reloadInterval
  }
}

/// The certificate and key that new connections of an upload server use.
///
/// Files that do not belong together or cannot be read leave those before in use.
final class UploadCertificates: Sendable {
  private let watched: WatchedFile<NIOSSLContext>

  /// Reads the files; blocks.
  init(_ files: UploadCertificateFiles, logger: Logger) throws(StoreError) {
    let range = Duration.milliseconds(1) ... .seconds(30 * 86_400)
    guard range.contains(files.reloadInterval) else {
      throw StoreError(
        .misconfigured,
        "reloadInterval is \(files.reloadInterval); it must be between \(range.lowerBound) and "
          + "\(range.upperBound).")
    }
    let chain = GuardedFile(
      path: files.chain, role: "certificate chain for uploads", readers: .everybody)
    let key = GuardedFile(path: files.key, role: "private key for uploads")
    watched = try WatchedFile([chain, key], every: files.reloadInterval, logger: logger) {
      contents throws(StoreError) in
      try Self.context(chain: (chain, contents[0]), key: (key, contents[1]))
    }
  }

  /// What a new connection begins with.
  func context() async -> NIOSSLContext { await watched.current }

  private static func context(
    chain: (file: GuardedFile, bytes: [UInt8]), key: (file: GuardedFile, bytes: [UInt8])
  ) throws(StoreError) -> NIOSSLContext {
    let certificates: [NIOSSLCertificate]
    do {
      certificates = try NIOSSLCertificate.fromPEMBytes(chain.bytes)
    } catch {
      throw chain.file.wrong("holds no certificate in PEM form")
    }
    guard !certificates.isEmpty else {
      throw chain.file.wrong("holds no certificate in PEM form")
    }
    let privateKey: NIOSSLPrivateKey
    do {
      privateKey = try NIOSSLPrivateKey(bytes: key.bytes, format: .pem)
    } catch {
      throw key.file.wrong("holds no readable private key in PEM form")
    }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(privateKey))
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["http/1.1"]
    // A peer that does not answer the end of a connection must not hold its descriptor.
    configuration.shutdownTimeout = .milliseconds(500)
    do {
      return try NIOSSLContext(configuration: configuration)
    } catch {
      throw key.file.wrong("does not belong to the certificate in \(chain.file.path)")
    }
  }
}
