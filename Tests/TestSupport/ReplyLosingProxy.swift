internal import Foundation
internal import Synchronization

/// A TCP proxy in front of a gRPC server that loses replies: it closes a connection when the first
/// HTTP/2 HEADERS frame of the server arrives, and passes nothing of it on.
///
/// By then the server has done the call. Everything else passes unchanged.
public final class ReplyLosingProxy: Sendable {
  /// Where clients connect to on this machine.
  public let port: Int

  private let listener: Int32
  private let server: Int
  private let stopsAfterwards: Bool
  private let remaining: Atomic<Int>
  private let lost = Atomic(0)

  /// How many replies were lost.
  public var lostReplies: Int { lost.load(ordering: .sequentiallyConsistent) }

  /// Listens on a free port until it is stopped.
  ///
  /// - Parameters:
  ///   - server: the server's port on this machine.
  ///   - count: how many replies are lost; those that come later pass.
  ///   - stopsAfterwards: whether nobody can connect any more once a reply was lost.
  public init(server: Int, losing count: Int, stopsAfterwards: Bool = false) throws {
    self.server = server
    self.stopsAfterwards = stopsAfterwards
    remaining = Atomic(count)
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard listener >= 0 else { throw RawConnection.Failure("socket") }
    var address = Self.address(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = listener
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 64) == 0
          ? getsockname(descriptor, $0, &length) : -1
      }
    }
    guard result == 0 else { throw RawConnection.Failure("listen") }
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { self.acceptConnections() }
  }

  /// Accepts no more connections.
  public func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  private static func address(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    return address
  }

  private func acceptConnections() {
    while true {
      let client = accept(listener, nil, nil)
      guard client >= 0 else {
        close(listener)
        return
      }
      let upstream = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var address = Self.address(port: server)
      let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(upstream, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      guard result == 0 else {
        close(upstream)
        close(client)
        continue
      }
      // Each direction has a thread; the last of the two closes both sockets.
      let open = Open(client: client, upstream: upstream)
      Thread.detachNewThread { self.passRequests(open) }
      Thread.detachNewThread { self.passReplies(open) }
    }
  }

  private final class Open: Sendable {
    let client: Int32
    let upstream: Int32

    init(client: Int32, upstream: Int32) {
      self.client = client
      self.upstream = upstream
    }

    func end() {
      shutdown(client, Int32(SHUT_RDWR))
      shutdown(upstream, Int32(SHUT_RDWR))
    }

    deinit {
      close(client)
      close(upstream)
    }
  }

  private func passRequests(_ open: Open) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(open.client, &buffer, buffer.count, 0)
      guard count > 0, send(buffer[..<count], to: open.upstream) else { return open.end() }
    }
  }

  private func passReplies(_ open: Open) {
    let (headerSize, headers): (Int, UInt8) = (9, 1)
    var input: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(open.upstream, &buffer, buffer.count, 0)
      guard count > 0 else { return open.end() }
      input += buffer[..<count]
      while input.count >= headerSize {
        let size = headerSize + input[..<3].reduce(0) { $0 << 8 | Int($1) }
        guard input.count >= size else { break }
        if input[3] == headers, loses() { return open.end() }
        guard send(input[..<size], to: open.client) else { return open.end() }
        input.removeFirst(size)
      }
    }
  }

  /// Whether a reply is to be lost.
  private func loses() -> Bool {
    guard remaining.subtract(1, ordering: .sequentiallyConsistent).oldValue > 0 else {
      return false
    }
    if stopsAfterwards { stop() }
    lost.add(1, ordering: .sequentiallyConsistent)
    return true
  }

  private func send(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes {
        Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { return false }
      rest = rest.dropFirst(sent)
    }
    return true
  }
}
