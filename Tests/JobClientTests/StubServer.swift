import Foundation
import Synchronization
import TestSupport

/// A storage that answers 503 to every request and closes the connection.
final class StubServer: Sendable {
  enum Behaviour: Sendable {
    /// The whole request is read first.
    case readsBody
    /// The answer comes before the body, which is never read.
    case ignoresBody
  }

  let port: Int
  private let listener: Int32
  private let count = Atomic(0)

  /// Listens on a free port of this machine until it is stopped.
  init(_ behaviour: Behaviour) throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = listener
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 16) == 0
          ? getsockname(descriptor, $0, &length) : -1
      }
    }
    guard result == 0 else { throw RawConnection.Failure("listen") }
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { self.serve(behaviour) }
  }

  /// How many requests were answered.
  var answered: Int { count.load(ordering: .sequentiallyConsistent) }

  func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  private func serve(_ behaviour: Behaviour) {
    while true {
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else {
        close(listener)
        return
      }
      answer(connection, behaviour)
      close(connection)
    }
  }

  private func answer(_ connection: Int32, _ behaviour: Behaviour) {
    let headEnd = Array("\r\n\r\n".utf8)
    var input: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    var expected = Int.max
    while input.count < expected {
      let got = recv(connection, &buffer, buffer.count, 0)
      guard got > 0 else { return }
      input += buffer[..<got]
      guard expected == .max, let end = input.firstRange(of: headEnd) else { continue }
      let head = String(decoding: input[..<end.lowerBound], as: UTF8.self).lowercased()
      let length = head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
        .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
      expected = behaviour == .ignoresBody ? end.upperBound : end.upperBound + (length ?? 0)
    }
    let reply =
      "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n"
      + "Content-Length: 5\r\n\r\naway\n"
    count.add(1, ordering: .sequentiallyConsistent)
    _ = reply.withCString { send(connection, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
  }
}
