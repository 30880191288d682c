package import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// A socket that says whatever a test wants: a client of which the server can expect nothing.
package final class RawPeer {
  private let descriptor: Int32
  private var received: [UInt8] = []
  /// Who carries the bytes to the server, if this socket does not.
  private var process: Process?

  private static let sendFlags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)

  package struct Failure: Error { package let problem: Int32 }

  /// Connects over TCP to a loopback address, with as small a buffer for what it has not read yet.
  package init(port: Int, host: String = "127.0.0.1", receiveBuffer: Int32? = nil) throws {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICHOST
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, String(port), &hints, &found) == 0, let address = found?.pointee else {
      throw Failure(problem: EINVAL)
    }
    defer { freeaddrinfo(found) }
    descriptor = socket(address.ai_family, address.ai_socktype, 0)
    guard descriptor >= 0 else { throw Failure(problem: errno) }
    if var receiveBuffer {
      setsockopt(
        descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
    }
    guard connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 else {
      let problem = errno
      Glibc.close(descriptor)
      throw Failure(problem: problem)
    }
  }

  /// Speaks over a socket to a process, and ends both.
  package init(descriptor: Int32, process: Process) {
    self.descriptor = descriptor
    self.process = process
  }

  deinit {
    Glibc.close(descriptor)
    process?.terminate()
    process?.waitUntilExit()
  }

  /// `ipv4:127.0.0.1:4711` or `ipv6:[::1]:4711`, as the server should see it.
  package var address: String {
    var address = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    var host = [CChar](repeating: 0, count: 64)
    var port = [CChar](repeating: 0, count: 8)
    withUnsafeMutableBytes(of: &address) { bytes in
      guard let base = bytes.baseAddress else { return }
      let generic = base.assumingMemoryBound(to: sockaddr.self)
      getsockname(descriptor, generic, &length)
      getnameinfo(
        generic, length, &host, socklen_t(host.count), &port, socklen_t(port.count),
        NI_NUMERICHOST | NI_NUMERICSERV)
    }
    let name = String(decoding: host.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    let number = String(decoding: port.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    return address.ss_family == sa_family_t(AF_INET)
      ? "ipv4:\(name):\(number)" : "ipv6:[\(name)]:\(number)"
  }

  /// Sends all of it; false when the connection is gone, or the server does not take it in time.
  ///
  /// `dropsReplies`: what the server says meanwhile is thrown away, so that it can go on.
  @discardableResult
  package func send(
    _ bytes: [UInt8], within time: Duration = .seconds(10), dropsReplies: Bool = false
  ) -> Bool {
    let end = ContinuousClock.now + time
    var rest = bytes[...]
    while !rest.isEmpty {
      guard isReady(for: POLLOUT | (dropsReplies ? POLLIN : 0), until: end) else { return false }
      if dropsReplies, receive(within: .zero)?.isEmpty == true { return false }
      let count = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Self.sendFlags)
      }
      if count < 0 && errno == EAGAIN { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// Ends this side's direction alone.
  package func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Makes the end of this object a reset of the connection instead of an orderly end.
  package func resetAtEnd() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
  }

  /// What has come since, at least one byte; empty at the end of the connection; nil when nothing
  /// came in time.
  package func receive(within time: Duration) -> [UInt8]? {
    guard isReady(for: POLLIN, until: .now + time) else { return nil }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    return count > 0 ? Array(buffer.prefix(count)) : []
  }

  /// Throws away what comes until the server ends the connection; false when it does not in time.
  package func isClosed(within time: Duration) -> Bool {
    let end = ContinuousClock.now + time
    while ContinuousClock.now < end {
      guard let bytes = receive(within: end - .now) else { return false }
      if bytes.isEmpty { return true }
    }
    return false
  }

  /// The next HTTP/2 frame; nil at the end of the connection or when none comes in time.
  package func frame(within time: Duration = .seconds(10)) -> HTTP2Frame? {
    let end = ContinuousClock.now + time
    while true {
      if let frame = HTTP2Frame(takenFrom: &received) { return frame }
      guard let bytes = receive(within: end - .now), !bytes.isEmpty else { return nil }
      received += bytes
    }
  }

  /// The next frame of this type, of this stream if it is given; others are passed over.
  package func frame(
    _ type: HTTP2Frame.Kind, stream: Int? = nil, within time: Duration = .seconds(10)
  ) -> HTTP2Frame? {
    let end = ContinuousClock.now + time
    while let frame = frame(within: end - .now) {
      if frame.type == type.rawValue, stream == nil || frame.stream == stream { return frame }
    }
    return nil
  }

  /// Sends a body as the server's windows allow, and ends the stream with it.
  ///
  /// False when the connection is gone, or the server takes no more in time. Nothing else may be
  /// under way.
  package func sendBody(_ body: [UInt8], stream: Int, within time: Duration = .seconds(10)) -> Bool
  {
    var (ofConnection, ofStream) = (65_535, 65_535)
    var rest = body[...]
    while !rest.isEmpty {
      let count = min(rest.count, 16_384, ofConnection, ofStream)
      guard count > 0 else {
        guard let frame = frame(.windowUpdate, within: time) else { return false }
        let increment = frame.payload.reduce(0) { $0 << 8 | Int($1) }
        if frame.stream == 0 { ofConnection += increment } else { ofStream += increment }
        continue
      }
      let part = Array(rest.prefix(count))
      rest = rest.dropFirst(count)
      let flags = rest.isEmpty ? HTTP2Frame.endStream : 0
      guard send(HTTP2Frame(.data, flags: flags, stream: stream, part).bytes, within: time) else {
        return false
      }
      ofConnection -= count
      ofStream -= count
    }
    return true
  }

  private func isReady(for events: Int32, until end: ContinuousClock.Instant) -> Bool {
    while true {
      let left = max(end - .now, .zero)
      var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      let milliseconds = left / .milliseconds(1)
      let count = poll(&entry, 1, Int32(milliseconds.rounded(.up)))
      if count > 0 { return true }
      if count == 0 || errno != EINTR { return false }
    }
  }
}

/// Asks until the condition holds; false when it does not in time.
package func eventually(
  within time: Duration = .seconds(10), _ condition: () async throws -> Bool
) async rethrows -> Bool {
  let end = ContinuousClock.now + time
  while true {
    if try await condition() { return true }
    guard ContinuousClock.now < end else { return false }
    try? await Task.sleep(for: .milliseconds(5))
  }
}
