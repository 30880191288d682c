import Foundation
import Synchronization
import TestSupport

/// A storage that answers what a test wants, closes the connection, and remembers what it was asked.
///
/// By default it answers 503 to every request.
final class StubServer: Sendable {
  /// A request as it arrived.
  struct Request: Sendable {
    var head: String
    var body: [UInt8]
  }

  /// Status line, headers and body of an answer.
  struct Answer: Sendable {
    var status = "200 OK"
    var headers: [String] = []
    var body: [UInt8] = []
    /// Sends the body again and again, however long it was said to be.
    var isEndless = false
  }

  enum Behaviour: Sendable {
    /// The whole request is read first.
    case readsBody
    /// The answer comes before the body, which is never read.
    case ignoresBody
  }

  let port: Int
  private let listener: Int32
  private let asked = Mutex<[Request]>([])
  private let answers: @Sendable (Int) -> Answer

  /// Listens on a free port of this machine until it is stopped.
  ///
  /// - Parameters:
  ///   - behaviour: when a request is answered.
  ///   - answers: gives the answer to a request by its number, counted from 0.
  init(
    _ behaviour: Behaviour = .readsBody,
    answers: @escaping @Sendable (Int) -> Answer = { _ in
      Answer(status: "503 Service Unavailable", body: Array("away\n".utf8))
    }
  ) throws {
    self.answers = answers
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

  /// The requests so far.
  var requests: [Request] { asked.withLock { $0 } }

  /// How many requests were answered.
  var answered: Int { requests.count }

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
    let end = input.firstRange(of: headEnd)?.upperBound ?? input.count
    let request = Request(
      head: String(decoding: input[..<end], as: UTF8.self), body: Array(input[end...]))
    let number = asked.withLock { asked in
      asked.append(request)
      return asked.count - 1
    }
    let answer = answers(number)
    var bytes = Array("HTTP/1.1 \(answer.status)\r\nConnection: close\r\n".utf8)
    for header in answer.headers { bytes += Array((header + "\r\n").utf8) }
    if !answer.isEndless { bytes += Array("Content-Length: \(answer.body.count)\r\n".utf8) }
    bytes += Array("\r\n".utf8)
    var isConnected = sendAll(bytes, on: connection) && sendAll(answer.body, on: connection)
    while answer.isEndless, isConnected { isConnected = sendAll(answer.body, on: connection) }
  }

  private func sendAll(_ bytes: [UInt8], on connection: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes {
        send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { return false }
      rest = rest.dropFirst(sent)
    }
    return true
  }
}
