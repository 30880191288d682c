internal import Foundation

/// The hosts that presigned URLs may name.
///
/// A server that is not what it seems could otherwise have its clients send requests and files to
/// wherever it likes, into their own networks, too.
public struct TransferHosts: Sendable {
  private let server: String
  /// Further hosts, and whether files may go there in the clear.
  private let others: [String: Bool]

  /// The host of a server, and others that the user trusts.
  ///
  /// - Parameters:
  ///   - server: where calls go, as a target of gRPC. Every port of that host may take files; a
  ///     loopback address or a unix socket means every name of this machine.
  ///   - others: `storage.example.net` for files over TLS, `http://storage.example.net` for files in
  ///     the clear as well.
  public init(server: String, others: [String] = []) {
    self.server = HostName.ofTarget(server).host
    var hosts: [String: Bool] = [:]
    for other in others {
      let isPlain = other.hasPrefix("http://")
      let name =
        isPlain || other.hasPrefix("https://") ? other.drop { $0 != "/" }.dropFirst(2) : other[...]
      hosts[HostName.normal(name)] = isPlain
    }
    self.others = hosts
  }

  /// The URL, if it names a host that may take or give files.
  ///
  /// - Parameters:
  ///   - address: what the server answered.
  ///   - file: the file that it is for, for the error.
  func url(_ address: String, for file: String) throws(LocalFileError) -> URL {
    let isPlain = address.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
    guard isPlain, let url = URL(string: address), let scheme = url.scheme?.lowercased(),
      ["http", "https"].contains(scheme), let host = url.host, !host.isEmpty, url.user == nil,
      url.password == nil
    else { throw LocalFileError("\(file): the server gave no usable URL.") }
    guard isAllowed(HostName.normal(host), isEncrypted: scheme == "https") else {
      throw LocalFileError(
        "\(file): the server names \(scheme)://\(HostName.normal(host)), which is not its own host. "
          + "Say --upload-host \(scheme == "http" ? "http://" : "")\(HostName.normal(host)) "
          + "if you trust that one, too.")
    }
    return url
  }

  private func isAllowed(_ host: String, isEncrypted: Bool) -> Bool {
    if host == server { return true }
    if HostName.isLoopback(host), HostName.isLoopback(server) { return true }
    guard let mayBePlain = others[host] else { return false }
    return isEncrypted || mayBePlain
  }
}
