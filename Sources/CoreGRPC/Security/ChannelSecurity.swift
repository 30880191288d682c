internal import CGRPCShim

extension GRPCChannel {
  /// How a channel protects its connection.
  public enum Security: Sendable, Hashable {
    /// Not at all.
    case plaintext
    /// TLS 1.2 or 1.3. The files are PEM and read once, when the channel is made.
    ///
    /// - Parameters:
    ///   - authorities: a file with those that may vouch for the server; nil: the system's.
    ///   - clientCertificate: what the client shows to a server that asks.
    ///   - serverName: the name that the server's certificate must be for; nil: the target's host.
    case tls(
      authorities: String? = nil, clientCertificate: ClientCertificate? = nil,
      serverName: String? = nil)
  }

  /// A client's certificate with its key, as files.
  public struct ClientCertificate: Sendable, Hashable {
    /// The client's certificate, and then those of who issued it.
    public var certificateChain: String
    /// The key of the first certificate, without a passphrase.
    public var privateKey: String

    /// The certificate in these files.
    public init(certificateChain: String, privateKey: String) {
      self.certificateChain = certificateChain
      self.privateKey = privateKey
    }
  }

  /// A channel to `host:port` or `unix:/path`; nothing is connected yet.
  ///
  /// - Parameters:
  ///   - target: where the server is.
  ///   - security: how the connection is protected.
  ///   - httpProxy: a proxy that is asked to connect, as `http://[user:password@]host:port`. Core
  ///     still leaves it out for what `no_proxy` in the environment names.
  /// - Throws: ``ServerError`` when a file cannot be used.
  public convenience init(
    target: String, security: Security, httpProxy: String? = nil
  ) throws(ServerError) {
    switch security {
    case .plaintext:
      try self.init(plaintextTarget: target, httpProxy: httpProxy)
    case .tls(let authorities, let clientCertificate, let serverName):
      let authorities = try authorities.map { file throws(ServerError) in
        try PEMText.authorities(file)
      }
      let identity = try clientCertificate.map { files throws(ServerError) in
        try PEMIdentity(chain: files.certificateChain, key: files.privateKey)
      }
      var arguments = Self.arguments
      arguments.set(httpProxy: httpProxy)
      if let serverName { arguments.set("grpc.ssl_target_name_override", serverName) }
      CoreLibrary.start()
      let pointer = arguments.withArguments { arguments, count in
        // SAFETY: C copies all texts before it returns.
        cgrpc_channel_create_tls(
          target, authorities?.text, identity?.chain.text, identity?.key.text, arguments, count)
      }
      try self.init(pointer, server: nil)
    }
  }
}
