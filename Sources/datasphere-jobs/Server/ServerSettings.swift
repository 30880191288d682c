internal import ArgumentParser

/// What `serve` was asked to do.
struct ServerSettings: Sendable {
  /// Where gRPC is served: `host:port` or `unix:/path`.
  let address: String
  /// Host and port of the upload endpoint.
  let uploadHost: String
  let uploadPort: Int
  /// What upload URLs begin with; nil: the upload endpoint's own address.
  let publicUploadURL: String?
  let dataDirectory: String
  let makesExample: Bool

  init(
    address: String, uploadAddress: String, publicUploadURL: String?, dataDirectory: String,
    allowsAnonymous: Bool, makesExample: Bool
  ) throws {
    guard let (host, port) = Self.split(uploadAddress) else {
      throw ValidationError("The upload address \(uploadAddress) is not host:port.")
    }
    if !allowsAnonymous, !address.hasPrefix("unix:") {
      guard let (host, _) = Self.split(address), Self.isLoopback(host) else {
        throw ValidationError(
          """
          \(address) can be reached from other machines, and the server lets everyone do \
          everything. Use a loopback address, or say --allow-anonymous.
          """)
      }
    }
    self.address = address
    uploadHost = host
    uploadPort = port
    self.publicUploadURL = publicUploadURL
    self.dataDirectory = dataDirectory
    self.makesExample = makesExample
  }

  private static func split(_ address: String) -> (host: String, port: Int)? {
    guard let colon = address.lastIndex(of: ":"), colon > address.startIndex,
      let port = Int(address[address.index(after: colon)...]), (0...65535).contains(port)
    else { return nil }
    var host = String(address[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    return (host, port)
  }

  private static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "::1" || host.hasPrefix("127.")
  }
}
