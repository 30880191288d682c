internal import CGRPCShim

/// What a server's TLS handshakes use, and its replacement while the server runs.
final class ServerCredentials: @unchecked Sendable {
  // SAFETY: `pointer` is set once and destroyed in deinit, when the server's core, which retains
  // this object until it is destroyed itself, asks no more; C's functions may be called from any
  // thread.

  let files: ServerCertificateFiles
  /// What was in the files when they were read for the start.
  let initialContents: ServerCertificates
  private let pointer: OpaquePointer

  /// Reads and checks the files; nil for plaintext.
  init?(_ security: GRPCServer.Security) throws(ServerError) {
    guard case .tls(let chain, let key, let clientCertificates) = security else { return nil }
    let files = ServerCertificateFiles(
      chain: chain, key: key, clientCertificates: clientCertificates)
    let contents = try files.read()
    let request =
      switch clientCertificates {
      case .none: CGRPC_CLIENT_CERTIFICATES_NONE
      case .optional: CGRPC_CLIENT_CERTIFICATES_OPTIONAL
      case .required: CGRPC_CLIENT_CERTIFICATES_REQUIRED
      }
    // SAFETY: C copies all texts before it returns, here and below.
    let pointer = cgrpc_server_credentials_create(
      request, contents.identity.chain.text, contents.identity.key.text,
      contents.authorities?.text)
    guard let pointer else {
      throw ServerError(.resourcesExhausted, "gRPC core could not make TLS credentials.")
    }
    self.files = files
    self.initialContents = contents
    self.pointer = pointer
  }

  deinit { cgrpc_server_credentials_destroy(pointer) }

  /// Makes the connections of a C server TLS, before its start.
  func protect(_ server: OpaquePointer) throws(ServerError) {
    guard cgrpc_server_use_tls(server, pointer) else {
      throw ServerError(
        .invalidCertificate,
        "gRPC core \(String(cString: cgrpc_library_version())) does not take \(files.chain).")
    }
  }

  /// Lets later handshakes use other contents.
  func replace(with contents: ServerCertificates) {
    cgrpc_server_credentials_replace(
      pointer, contents.identity.chain.text, contents.identity.key.text,
      contents.authorities?.text)
  }

  /// Who the client of a call is; nil when no certificates are asked for, or it showed none.
  func peerIdentity(of call: OpaquePointer) -> PeerIdentity? {
    guard files.clientCertificates != .none else { return nil }
    var identity = PeerIdentity()
    let hasCertificate = withUnsafeMutablePointer(to: &identity) { identity in
      // SAFETY: C calls the receiver with our pointer before it returns, and not later.
      cgrpc_call_peer_identity(
        call,
        { context, property, value, length in
          guard let context else { return }
          let bytes = UnsafeRawBufferPointer(start: value, count: length)
          context.assumingMemoryBound(to: PeerIdentity.self).pointee
            .add(String(decoding: bytes, as: UTF8.self), as: property)
        }, identity)
    }
    return hasCertificate ? identity : nil
  }
}

extension PeerIdentity {
  fileprivate mutating func add(_ value: String, as property: cgrpc_identity_property) {
    // Core puts an empty one where there is none.
    guard !value.isEmpty else { return }
    switch property {
    case CGRPC_IDENTITY_COMMON_NAME: commonName = value
    case CGRPC_IDENTITY_DNS_NAME: dnsNames.append(value)
    case CGRPC_IDENTITY_URI: uris.append(value)
    case CGRPC_IDENTITY_EMAIL: emailAddresses.append(value)
    case CGRPC_IDENTITY_IP_ADDRESS: ipAddresses.append(value)
    default: break
    }
  }
}
