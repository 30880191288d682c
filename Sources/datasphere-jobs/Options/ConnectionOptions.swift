internal import ArgumentParser
internal import CoreGRPC
internal import JobClient

/// Which server a client command talks to, how, as whom, and how long it waits.
struct ConnectionOptions: ParsableArguments {
  @Option(
    help: """
      The server: host:port or unix:/path. \
      [env: DATASPHERE_JOBS_ADDRESS] (default: 127.0.0.1:50051)
      """)
  var address: String?

  @Option(help: "Seconds to wait for each answer.")
  var timeout = 30

  @Flag(help: "Use TLS, and trust the system's authorities; --ca, --cert and --key imply it.")
  var tls = false

  @Option(
    help: "A PEM file with the authorities that may vouch for the server. [env: DATASPHERE_JOBS_CA]"
  )
  var ca: String?

  @Option(help: "A PEM file with the client's certificate. [env: DATASPHERE_JOBS_CERT]")
  var cert: String?

  @Option(help: "A PEM file with the client's private key. [env: DATASPHERE_JOBS_KEY]")
  var key: String?

  @Option(help: "The name in the server's certificate, if it is not the address's host.")
  var serverName: String?

  @Option(
    help: """
      A bearer token; others on this machine may see it, unlike one in a file or the environment. \
      [env: DATASPHERE_JOBS_TOKEN]
      """)
  var token: String?

  @Option(help: "A file with a bearer token. [env: DATASPHERE_JOBS_TOKEN_FILE]")
  var tokenFile: String?

  @Option(
    help: """
      A host beside the server's own that files may go to or come from: HOST, over TLS, or \
      http://HOST; may be repeated. [env: DATASPHERE_JOBS_UPLOAD_HOSTS, separated by commas]
      """)
  var uploadHost: [String] = []

  func validate() throws {
    guard (1...1_000_000).contains(timeout) else {
      throw ValidationError("--timeout must be between 1 and 1000000.")
    }
    guard token == nil || tokenFile == nil else {
      throw ValidationError("--token and --token-file exclude each other.")
    }
  }

  /// Runs `body` with a client, and shows a failed call with all its details.
  func withClient<Result>(
    _ body: (ProjectJobClient) async throws -> Result
  ) async throws -> Result {
    let target = target
    if let fault = HostAddress.fault(in: target, leastPort: 1) {
      let source = address == nil ? "DATASPHERE_JOBS_ADDRESS" : "--address"
      throw ValidationError("\(source): \(fault).")
    }
    let security = try security()
    let metadata = try credentials(for: target, security)
    let channel = try GRPCChannel(
      target: target, security: security,
      httpProxy: ProxyRules().proxyURL(
        forTarget: target, isEncrypted: security != .plaintext))
    let client = ProjectJobClient(
      channel: channel, metadata: metadata, timeout: .seconds(timeout))
    let outcome: Swift.Result<Result, any Error>
    do {
      outcome = .success(try await body(client))
    } catch let error as RPCError {
      let reason = await TransportMismatch.reason(of: error, target, security)
      outcome = .failure(CallFailure(error, server: target, reason: reason))
    } catch {
      outcome = .failure(error)
    }
    await channel.close()
    return try outcome.get()
  }

  /// How files travel to and from the storage of the server.
  var transfers: TransferOptions {
    let fromEnvironment = Setting.value(nil, environment: "DATASPHERE_JOBS_UPLOAD_HOSTS") ?? ""
    let hosts =
      uploadHost.isEmpty
      ? fromEnvironment.split(separator: ",").map(String.init) : uploadHost
    return TransferOptions(
      hosts: TransferHosts(server: target, others: hosts),
      authorities: Setting.value(ca, environment: "DATASPHERE_JOBS_CA"))
  }

  /// The flags that reach the same server again; a token is a secret and not among them.
  var flags: [String] {
    let values = [
      ("--address", address), ("--ca", ca), ("--cert", cert), ("--key", key),
      ("--server-name", serverName), ("--token-file", tokenFile),
    ]
    return values.flatMap { name, value in value.map { [name, $0] } ?? [] }
      + (tls ? ["--tls"] : []) + uploadHost.flatMap { ["--upload-host", $0] }
  }

  private var target: String {
    Setting.value(address, environment: "DATASPHERE_JOBS_ADDRESS", default: "127.0.0.1:50051")
  }

  private func security() throws -> GRPCChannel.Security {
    let authorities = Setting.value(ca, environment: "DATASPHERE_JOBS_CA")
    let chain = Setting.value(cert, environment: "DATASPHERE_JOBS_CERT")
    let key = Setting.value(key, environment: "DATASPHERE_JOBS_KEY")
    guard tls || authorities != nil || chain != nil || key != nil || serverName != nil else {
      return .plaintext
    }
    let certificate: GRPCChannel.ClientCertificate?
    switch (chain, key) {
    case (nil, nil): certificate = nil
    case (let chain?, let key?): certificate = .init(certificateChain: chain, privateKey: key)
    default: throw ValidationError("--cert and --key need each other.")
    }
    return .tls(
      authorities: authorities, clientCertificate: certificate, serverName: serverName)
  }

  private func credentials(
    for target: String, _ security: GRPCChannel.Security
  ) throws -> Metadata {
    guard let token = try chosenToken() else { return [:] }
    guard security != .plaintext || HostAddress.isLocal(target) else {
      throw ValidationError("The token would travel to \(target) in the clear: use --tls.")
    }
    guard token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw ValidationError("The token is not printable ASCII without blanks.")
    }
    return ["authorization": "Bearer \(token)"]
  }

  /// The token that a flag gives, or else the environment.
  private func chosenToken() throws -> String? {
    if let token { return token }
    if tokenFile == nil,
      let token = Setting.value(nil, environment: "DATASPHERE_JOBS_TOKEN")
    {
      return token
    }
    return try Setting.value(tokenFile, environment: "DATASPHERE_JOBS_TOKEN_FILE")
      .map { try Secret.read($0, what: "token") }
  }
}
