/// How files travel between a client and the storage of a server.
public struct TransferOptions: Sendable {
  /// The hosts that presigned URLs may name.
  public var hosts: TransferHosts
  /// A PEM file with authorities that may vouch for hosts, beside the system's; nil: only those.
  public var authorities: String?
  /// What goes through a proxy.
  public var proxies: ProxyRules
  /// How often a transfer is tried that breaks, or that the storage puts off with 503.
  public var attempts = 4
  /// The wait before the second attempt, unless the storage says how long; each later one is twice
  /// as long.
  public var delay: Duration = .milliseconds(500)

  /// Transfers with the storage of a server, or with others that the user trusts.
  public init(
    hosts: TransferHosts, authorities: String? = nil, proxies: ProxyRules = ProxyRules()
  ) {
    self.hosts = hosts
    self.authorities = authorities
    self.proxies = proxies
  }
}
