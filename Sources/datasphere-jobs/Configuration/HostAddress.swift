/// `host:port` or `[IPv6]:port`, taken apart.
struct HostAddress: Sendable {
  /// The host, an IPv6 address without its brackets.
  let host: String
  let port: Int

  /// The parts; nil when the text is not of that form.
  init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), colon > text.startIndex,
      let port = Int(text[text.index(after: colon)...]), (0...65535).contains(port)
    else { return nil }
    let host = text[..<colon]
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    self.host = String(isBracketed ? host.dropFirst().dropLast() : host)
    self.port = port
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
