internal import Foundation

/// A TCP connection to an upload endpoint under test, with no HTTP library between.
///
/// Its calls block and give up after 20 s; ``onThread(_:)`` keeps them off the cooperative pool,
/// where the server has to make progress meanwhile.
public final class RawConnection {
  /// What the endpoint answers.
  public struct Response: Sendable {
    /// The status code.
    public var status = 0
    /// The headers, with their names in lower case.
    public var headers: [String: String] = [:]
    /// The body.
    public var bytes: [UInt8] = []
    /// The body as a text.
    public var body: String { String(decoding: bytes, as: UTF8.self) }
  }

  /// A system call that failed.
  public struct Failure: Error, CustomStringConvertible {
    /// What was done, and why it failed.
    public let description: String

    /// The failure that `errno` tells of.
    public init(_ what: String) {
      description = "\(what): \(String(cString: strerror(errno)))"
    }
  }

  private let descriptor: Int32
  private var input: [UInt8] = []

  /// Connects to a port of this machine.
  public init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw Failure("socket") }
    var timeout = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(
      descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw Failure("connect") }
  }

  deinit {
    close(descriptor)
  }

  /// Sends everything; false when the other side has gone.
  @discardableResult
  public func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes {
        Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { return false }
      rest = rest.dropFirst(sent)
    }
    return true
  }

  /// Sends a text; false when the other side has gone.
  @discardableResult
  public func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  /// Sends a PUT of a body and returns its answer, which may come before all of the body is sent.
  ///
  /// - Parameter target: path and query.
  public func put(_ body: [UInt8], to target: String) throws -> Response {
    send("PUT \(target) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.count)\r\n\r\n")
    send(body)
    return try response()
  }

  /// Ends this side's half of the connection.
  public func finishSending() {
    shutdown(descriptor, Int32(SHUT_WR))
  }

  /// The next response; informational ones are responses too.
  public func response(toHead isHead: Bool = false) throws -> Response {
    var response = try responseHead()
    if !isHead, let length = response.headers["content-length"].flatMap({ Int($0) }) {
      response.bytes = try bytes(length)
    }
    return response
  }

  /// The next response without its body, which ``bytes(_:)`` and ``drain()`` then read.
  public func responseHead() throws -> Response {
    var response = Response()
    let head = try String(decoding: take(through: Array("\r\n\r\n".utf8)), as: UTF8.self)
    let lines = head.components(separatedBy: "\r\n").filter { !$0.isEmpty }
    guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { throw Failure("no status line in \(head)") }
    response.status = status
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      response.headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    return response
  }

  /// The next bytes, so many.
  public func bytes(_ count: Int) throws -> [UInt8] {
    while input.count < count { try receive() }
    let bytes = Array(input.prefix(count))
    input.removeFirst(count)
    return bytes
  }

  /// Drops everything until the other side closes, and returns how many bytes that were.
  public func drain() throws -> Int {
    var dropped = input.count
    input = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count == 0 || (count < 0 && errno == ECONNRESET) { return dropped }
      guard count > 0 else { throw Failure("the connection is still open") }
      dropped += count
    }
  }

  /// Waits for the other side to close; what it sends until then is dropped.
  public func waitForEnd() throws { _ = try drain() }

  /// Whether the other side has closed or sent something, waited for at the most so long.
  public func hasInput(within milliseconds: Int32) -> Bool {
    var descriptors = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&descriptors, 1, milliseconds) > 0
  }

  private func take(through end: [UInt8]) throws -> [UInt8] {
    while true {
      if let range = input.firstRange(of: end) {
        let taken = Array(input[..<range.upperBound])
        input.removeSubrange(..<range.upperBound)
        return taken
      }
      try receive()
    }
  }

  private func receive() throws {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    guard count != 0 else { throw Failure("the connection ended") }
    guard count > 0 else { throw Failure("receive") }
    input += buffer[..<count]
  }
}

/// Runs blocking calls on a thread of their own.
public func onThread<Value: Sendable>(
  _ work: @escaping @Sendable () throws -> Value
) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread {
      continuation.resume(with: Result { try work() })
    }
  }
}
