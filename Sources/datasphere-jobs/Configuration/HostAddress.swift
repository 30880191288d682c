internal import Safeguards

/// `host:port` or `[IPv6]:port`, taken apart.
struct HostAddress: Sendable {
  /// The host, an IPv6 address without its brackets.
  let host: String
  let port: Int

  /// The parts; nil when the text is not of that form.
  init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), colon > text.startIndex else { return nil }
    let digits = text[text.index(after: colon)...].utf8
    guard !digits.isEmpty, digits.allSatisfy({ (48...57).contains($0) }),
      let port = Int(Substring(digits)), (0...65535).contains(port)
    else { return nil }
    let host = text[..<colon]
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    // Without brackets nobody can tell the port from a part of an IPv6 address.
    guard isBracketed ? host.utf8.count > 2 : !host.contains(":") else { return nil }
    self.host = String(isBracketed ? host.dropFirst().dropLast() : host)
    self.port = port
  }

  /// What is wrong with an address that a server serves on or a client calls; nil when it is
  /// `host:port`, `[IPv6]:port` or `unix:/path`.
  ///
  /// - Parameter least: the least port: 0, any free one, means nothing to a client.
  static func fault(in address: String, leastPort least: Int) -> String? {
    if address.hasPrefix("unix:"), address.utf8.count > "unix:".utf8.count { return nil }
    guard let port = HostAddress(address)?.port else {
      return "\(quotedIfUnsafe(address)) is not host:port, with a port up to 65535, or unix:/path"
    }
    return port < least ? "\(quotedIfUnsafe(address)) has no port that can be called" : nil
  }

  /// Whether an address is one that only this machine reaches: a unix socket, or loopback.
  static func isLocal(_ address: String) -> Bool {
    if address.hasPrefix("unix:") { return true }
    guard let host = HostAddress(address)?.host else { return false }
    if host == "localhost" || host == "::1" { return true }
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    return numbers.count == 4 && numbers[0] == 127 && !numbers.contains(nil)
  }
}
