internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// One request on a presigned URL, tried again where that is safe: PUT and GET of a content are.
struct HTTPTransfer: Sendable {
  /// Waits of the storage's own choice are cut to this.
  private static let longestDelay: Duration = .seconds(30)

  let url: URL
  /// The file, as errors call it.
  let name: String
  let options: TransferOptions

  /// What became of one attempt.
  private enum Outcome {
    case done
    case refused(LocalFileError)
    case mayBeTriedAgain(LocalFileError, after: Duration?)
  }

  /// Makes the request until it succeeds, is refused, or has failed too often.
  ///
  /// - Parameters:
  ///   - verb: what is done with the file, as in `uploaded to`.
  ///   - request: makes the request for an attempt.
  ///   - take: is given the answer with status 200.
  func run(
    _ verb: String, request: @Sendable (String) -> HTTPClientRequest,
    take: @Sendable (HTTPClientResponse) async throws -> Void
  ) async throws(LocalFileError) {
    let configuration = try configuration()
    var delay = options.delay
    for attempt in 1... {
      switch await attemptOnce(verb, configuration, request(url.absoluteString), take) {
      case .done: return
      case .refused(let error): throw error
      case .mayBeTriedAgain(let error, let wait):
        guard attempt < options.attempts else { throw error }
        do {
          try await Task.sleep(for: min(wait ?? delay, Self.longestDelay))
        } catch {
          throw LocalFileError("\(name) was not \(verb) \(host): interrupted.")
        }
        delay *= 2
      }
    }
  }

  private func attemptOnce(
    _ verb: String, _ configuration: HTTPClient.Configuration, _ request: HTTPClientRequest,
    _ take: @Sendable (HTTPClientResponse) async throws -> Void
  ) async -> Outcome {
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    let outcome: Outcome
    do {
      let response = try await client.execute(request, deadline: .distantFuture)
      if response.status == .ok {
        try await take(response)
        outcome = .done
      } else {
        outcome = await refusal(response)
      }
    } catch let error as LocalFileError {
      outcome = .refused(error)
    } catch {
      // Not the error's own text, which may show the URL: that is as good as a password.
      let failure = LocalFileError(
        "\(name) could not be \(verb) \(host): \(Self.reason(error)).")
      outcome =
        error is CancellationError || Task.isCancelled
        ? .refused(failure) : .mayBeTriedAgain(failure, after: nil)
    }
    try? await client.shutdown()
    return outcome
  }

  private func refusal(_ response: HTTPClientResponse) async -> Outcome {
    let text = try? await response.body.collect(upTo: 4096)
    let reason = text.map { String(decoding: $0.readableBytesView.prefix(200), as: UTF8.self) }
    // The text is the storage's, and goes to a terminal.
    let printable = (reason ?? "").unicodeScalars.filter { !$0.properties.isControl }
    let error = LocalFileError(
      "\(name) was refused by \(host) with status \(response.status.code): "
        + "\(String(String.UnicodeScalarView(printable)))")
    guard response.status == .serviceUnavailable else { return .refused(error) }
    let wait = response.headers.first(name: "retry-after").flatMap(Int64.init)
    return .mayBeTriedAgain(error, after: wait.map { .seconds(max(0, $0)) })
  }

  private var host: String { url.host ?? "the server" }

  private func configuration() throws(LocalFileError) -> HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    configuration.httpVersion = .http1Only
    // A refused connection is told at once, not after ten seconds of trying.
    configuration.connectionPool.retryConnectionEstablishment = false
    // A storage may have an upload wait for another one of the same content.
    configuration.timeout = .init(connect: .seconds(10), read: .seconds(600), write: .seconds(600))
    let isEncrypted = url.scheme?.lowercased() == "https"
    if isEncrypted, let file = options.authorities {
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.additionalTrustRoots = [.file(file)]
      configuration.tlsConfiguration = tls
    }
    let port = url.port ?? (isEncrypted ? 443 : 80)
    if let proxy = try options.proxies.proxy(for: host, port: port, isEncrypted: isEncrypted) {
      configuration.proxy = .server(
        host: proxy.host, port: proxy.port,
        authorization: proxy.user.map {
          .basic(username: $0, password: proxy.password ?? "")
        })
    }
    return configuration
  }

  /// Why a request got no answer, in words that hold nothing of its URL.
  private static func reason(_ error: any Error) -> String {
    switch error {
    case let error as HTTPClientError:
      switch error {
      case .connectTimeout: "no connection within ten seconds"
      case .readTimeout, .writeTimeout: "nothing moved for ten minutes"
      case .remoteConnectionClosed: "the connection was closed"
      case .proxyAuthenticationRequired: "the proxy wants a password"
      case .invalidProxyResponse: "the proxy refused"
      case .cancelled: "interrupted"
      default: "the connection broke"
      }
    case let error as IOError: String(cString: strerror(error.errnoCode))
    case let error as NIOConnectionError:
      error.connectionErrors.isEmpty
        ? "the host is unknown"
        : error.connectionErrors.first.map { reason($0.error) } ?? "no connection"
    case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: "the TLS handshake failed"
    case is CancellationError: "interrupted"
    default: "the connection broke"
    }
  }
}

extension Unicode.Scalar.Properties {
  /// Whether the scalar is a control or a format character, such as one that turns text around.
  fileprivate var isControl: Bool {
    generalCategory == .control || generalCategory == .format
  }
}
