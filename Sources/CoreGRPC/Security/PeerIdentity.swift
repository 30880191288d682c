/// Who a client is, as its certificate says; an authority of the server's choice vouches for it.
///
/// Decide by the alternative names. The common name is for people to read, and for authorities that
/// issue nothing else.
public struct PeerIdentity: Sendable, Hashable {
  /// The common name of the subject; nil when it has none.
  public internal(set) var commonName: String?
  /// Host names.
  public internal(set) var dnsNames: [String] = []
  /// URIs, SPIFFE ids among them.
  public internal(set) var uris: [String] = []
  /// E-mail addresses.
  public internal(set) var emailAddresses: [String] = []
  /// IP addresses.
  public internal(set) var ipAddresses: [String] = []

  init() {}
}
