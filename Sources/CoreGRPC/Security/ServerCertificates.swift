/// Where a server's certificates are.
struct ServerCertificateFiles: Sendable {
  let chain: String
  let key: String
  let clientCertificates: GRPCServer.ClientCertificates

  /// Reads and checks all of them, at one moment.
  func read() throws(ServerError) -> ServerCertificates {
    let identity = try PEMIdentity(chain: chain, key: key)
    guard let file = clientCertificates.authorities else {
      return ServerCertificates(identity: identity, authorities: nil)
    }
    return ServerCertificates(identity: identity, authorities: try PEMText.authorities(file))
  }
}

/// What is in a server's files: a chain and a key that belong together, and the clients' authorities.
struct ServerCertificates: Sendable, Equatable {
  let identity: PEMIdentity
  let authorities: PEMText?
}
