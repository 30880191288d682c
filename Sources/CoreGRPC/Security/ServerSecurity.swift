extension GRPCServer {
  /// How connections are protected.
  public enum Security: Sendable, Hashable {
    /// Not at all: for loopback addresses, unix sockets, and behind a proxy that encrypts.
    case plaintext
    /// TLS 1.2 or 1.3.
    ///
    /// All files are PEM. They are looked at again every
    /// ``ServerConfiguration/certificateReloadInterval``; when they changed and work, connections
    /// that come later use them. Files that do not work leave those in use as they are, and the log
    /// says why.
    /// - Parameters:
    ///   - certificateChain: the server's certificate, and then those of who issued it.
    ///   - privateKey: the key of the first certificate, without a passphrase.
    ///   - clientCertificates: whether clients show who they are.
    case tls(
      certificateChain: String, privateKey: String,
      clientCertificates: ClientCertificates = .none)
  }

  /// What a server wants to see of its clients' certificates.
  public enum ClientCertificates: Sendable, Hashable {
    /// Nothing.
    case none
    /// A client may show one; if it does, an authority of this file must vouch for it.
    case optional(authorities: String)
    /// Only clients with a certificate that an authority of this file vouches for are served.
    case required(authorities: String)

    /// The file of the authorities.
    var authorities: String? {
      switch self {
      case .none: nil
      case .optional(let authorities), .required(let authorities): authorities
      }
    }
  }
}
