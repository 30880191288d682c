internal import Foundation

/// Which connections go through a proxy: one rule for calls, uploads and downloads.
///
/// `http_proxy` is for connections in the clear, `https_proxy` for those over TLS. Nothing that stays
/// on this machine goes through a proxy, and nothing that `no_proxy` names: hosts, domains with all
/// that is below them, each perhaps with a port, or `*` for everything.
public struct ProxyRules: Sendable {
  /// A proxy that is asked to connect (RFC 9110 §9.3.6).
  struct Proxy: Sendable, Equatable {
    let host: String
    let port: Int
    var user: String?
    var password: String?
  }

  private let environment: [String: String]

  /// The rules of an environment.
  public init(environment: [String: String]) { self.environment = environment }

  /// The rules of this process's environment.
  public init() { environment = ProcessInfo.processInfo.environment }

  /// No proxy for anything.
  public static let none = ProxyRules(environment: [:])

  /// The proxy for calls to a target of gRPC, as a URL; nil for none.
  ///
  /// - Throws: ``LocalFileError`` when a variable does not name a proxy.
  public func proxyURL(
    forTarget target: String, isEncrypted: Bool
  ) throws(LocalFileError) -> String? {
    let (host, port) = HostName.ofTarget(target)
    guard let proxy = try proxy(for: host, port: port ?? 443, isEncrypted: isEncrypted) else {
      return nil
    }
    var components = URLComponents()
    components.scheme = "http"
    components.host = proxy.host.contains(":") ? "[\(proxy.host)]" : proxy.host
    components.port = proxy.port
    components.user = proxy.user
    components.password = proxy.password
    return components.string
  }

  /// The proxy for a host; nil for none.
  func proxy(
    for host: String, port: Int, isEncrypted: Bool
  ) throws(LocalFileError) -> Proxy? {
    // HTTP_PROXY in capitals may come from a request's header, where a web server runs programs.
    let names = isEncrypted ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]
    guard let name = names.first(where: { !(environment[$0] ?? "").isEmpty }),
      let value = environment[name], !HostName.isLoopback(host), !isExcepted(host, port)
    else { return nil }
    let text = value.contains("://") ? value : "http://" + value
    guard let components = URLComponents(string: text), components.scheme == "http",
      let proxyHost = components.host, !proxyHost.isEmpty
    else { throw LocalFileError("\(name) in the environment must be http://host:port.") }
    return Proxy(
      host: HostName.normal(proxyHost), port: components.port ?? 80, user: components.user,
      password: components.password)
  }

  private func isExcepted(_ host: String, _ port: Int) -> Bool {
    let list = environment["no_proxy"] ?? environment["NO_PROXY"] ?? ""
    let host = HostName.normal(host)
    return list.split(whereSeparator: { $0 == "," || $0 == " " }).contains { entry in
      if entry == "*" { return true }
      let (name, entryPort) = HostName.ofTarget(String(entry))
      let domain = name.hasPrefix(".") ? String(name.dropFirst()) : name
      guard !domain.isEmpty, entryPort == nil || entryPort == port else { return false }
      return host == domain || host.hasSuffix("." + domain)
    }
  }
}
