internal import Foundation

/// Host names, as rules on them compare them.
enum HostName {
  /// In lower case, without the brackets of an IPv6 address and the dot of the root.
  static func normal(_ host: some StringProtocol) -> String {
    var name = host.lowercased()
    if name.hasPrefix("["), name.hasSuffix("]") { name = String(name.dropFirst().dropLast()) }
    if name.hasSuffix(".") { name.removeLast() }
    return name
  }

  /// Whether a name means this machine and no other.
  static func isLoopback(_ host: String) -> Bool {
    let name = normal(host)
    if name == "localhost" || name == "::1" { return true }
    let numbers = name.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    return numbers.count == 4 && numbers[0] == 127 && !numbers.contains(nil)
  }

  /// The host and port of a target of gRPC; `localhost` for a unix socket.
  static func ofTarget(_ target: String) -> (host: String, port: Int?) {
    if target.hasPrefix("unix:") || target.hasPrefix("unix-abstract:") { return ("localhost", nil) }
    var rest = target[...]
    for scheme in ["dns:", "ipv4:", "ipv6:"] where rest.hasPrefix(scheme) {
      rest = rest.dropFirst(scheme.count)
    }
    if rest.hasPrefix("//"), let slash = rest.dropFirst(2).firstIndex(of: "/") {
      rest = rest[rest.index(after: slash)...]
    }
    if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
      return (normal(rest[...end]), Int(rest[end...].dropFirst(2)))
    }
    // More than one colon is an IPv6 address without a port.
    guard let colon = rest.lastIndex(of: ":"), rest.firstIndex(of: ":") == colon else {
      return (normal(rest), nil)
    }
    return (normal(rest[..<colon]), Int(rest[rest.index(after: colon)...]))
  }
}
