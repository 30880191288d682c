internal import ArgumentParser
internal import CoreGRPC
internal import JobCloning
internal import Logging
internal import ObjectStorageDisk

/// What `serve` was asked to do, checked as a whole.
struct ServerSettings: Sendable {
  /// How callers prove who they are.
  enum Authentication: Sendable, Equatable {
    case none
    /// By tokens whose hashes are in this file.
    case tokens(file: String)
    case certificates
  }

  /// Where gRPC is served: `host:port` or `unix:/path`.
  let address: String
  let security: GRPCServer.Security
  let server: ServerConfiguration
  let uploads: UploadServer.Configuration
  /// What clients that look for services are told: host:port.
  let publicAddress: String
  /// What upload URLs begin with; nil: the upload endpoint's own address.
  let publicUploadURL: String?
  /// A file that names it; nil: none.
  let publicUploadURLFile: String?
  let dataDirectory: String
  /// The file of the keys; nil: beside the database.
  let keyFile: String?
  let authentication: Authentication
  /// Full names of services that everyone may call.
  let exempt: Set<String>
  /// Who may do what; nil: everyone who is let in may do everything.
  let rulesFile: String?
  let policy: OverridePolicy
  let housekeeping: Housekeeper.Rules
  /// Runs jobs; nil: they are kept, and cannot be executed.
  let runner: (any JobRunner)?
  let logLevel: Logger.Level
  /// How many lines of a kind are logged in ten seconds.
  let logLines: Int
  let makesExample: Bool

  /// Takes the settings over.
  ///
  /// - Throws: `ValidationError` naming the flag, the variable or the place in the file.
  init(_ values: SettingValues) throws {
    address = try values.text(.address)
    if let fault = HostAddress.fault(in: address, leastPort: 0) {
      throw values.fault(.address, fault)
    }
    security = try Self.security(values)
    server = try Self.server(values)
    uploads = try Self.uploads(values)
    publicAddress = try values.optionalText(.publicAddress) ?? address
    if publicAddress != address,
      let fault = HostAddress.fault(in: publicAddress, leastPort: 1)
    {
      throw values.fault(.publicAddress, fault)
    }
    publicUploadURL = try values.optionalText(.publicUploadURL)
    publicUploadURLFile = try values.optionalText(.publicUploadURLFile)
    dataDirectory = try values.text(.dataDirectory)
    keyFile = try values.optionalText(.keyFile)
    authentication = try Self.authentication(values)
    exempt = Set(try values.list(.exempt))
    rulesFile = try values.optionalText(.rulesFile)
    policy = try OverridePolicy(values)
    housekeeping = try Self.housekeeping(values)
    runner = try values.choice(.runner) == "instant" ? InstantRunner() : nil
    logLevel = try Logger.Level(rawValue: values.choice(.logLevel)) ?? .notice
    logLines = try values.integer(.logLines)
    makesExample = try values.flag(.example)
    try check(values)
  }

  /// Whether callers' secrets would cross a network in the clear.
  var exposesTokens: Bool {
    guard case .tokens = authentication, case .plaintext = security else { return false }
    return !HostAddress.isLocal(address)
  }

  private func check(_ values: SettingValues) throws {
    if case .certificates = authentication {
      guard case .tls(_, _, let clients) = security, clients != .none else {
        throw values.fault(
          .authenticationMethod,
          "certificates needs TLS, and \(ServerSetting.clientCertificates.name) not none")
      }
    }
    if makesExample, authentication != .none {
      throw values.fault(.example, "needs \(ServerSetting.authenticationMethod.name) none")
    }
    if publicUploadURL != nil, publicUploadURLFile != nil {
      throw values.fault(
        .publicUploadURLFile, "does not go with \(ServerSetting.publicUploadURL.name)")
    }
    if makesExample, uploads.certificates != nil {
      throw values.fault(.example, "does not go with \(ServerSetting.uploadTLS.name)")
    }
    let isOpen = try authentication == .none && !values.flag(.allowAnonymous)
    guard !isOpen || HostAddress.isLocal(address) else {
      throw ValidationError(
        """
        \(address) can be reached from other machines, and the server lets everyone do \
        everything. Use a loopback address, set \(ServerSetting.authenticationMethod.flag), or \
        say \(ServerSetting.allowAnonymous.flag).
        """)
    }
  }
}

extension ServerSettings {
  private static func housekeeping(_ values: SettingValues) throws -> Housekeeper.Rules {
    var rules = Housekeeper.Rules()
    rules.interval = try values.duration(.housekeepingInterval)
    rules.operationRetention = try values.seconds(.operationRetention)
    rules.acceptsClock = try values.flag(.acceptClock)
    return rules
  }

  private static func security(_ values: SettingValues) throws -> GRPCServer.Security {
    let clients = try values.choice(.clientCertificates)
    let authorities = try values.optionalText(.clientAuthorities)
    let key = try values.optionalText(.privateKey)
    guard let chain = try values.optionalText(.certificateChain) else {
      for (setting, isSet) in [
        (ServerSetting.privateKey, key != nil), (.clientAuthorities, authorities != nil),
        (.clientCertificates, clients != "none"),
      ] where isSet {
        throw values.fault(setting, "needs \(ServerSetting.certificateChain.name)")
      }
      return .plaintext
    }
    guard let key else {
      throw values.fault(.certificateChain, "needs \(ServerSetting.privateKey.name)")
    }
    return .tls(
      certificateChain: chain, privateKey: key,
      clientCertificates: try clientCertificates(clients, authorities, values))
  }

  private static func clientCertificates(
    _ mode: String, _ authorities: String?, _ values: SettingValues
  ) throws -> GRPCServer.ClientCertificates {
    switch (mode, authorities) {
    case ("optional", let file?): return .optional(authorities: file)
    case ("required", let file?): return .required(authorities: file)
    case ("none", nil): return .none
    case ("none", _):
      throw values.fault(
        .clientAuthorities, "needs \(ServerSetting.clientCertificates.name) optional or required")
    default:
      throw values.fault(
        .clientCertificates, "needs \(ServerSetting.clientAuthorities.name)")
    }
  }

  private static func authentication(_ values: SettingValues) throws -> Authentication {
    let method = try values.choice(.authenticationMethod)
    let file = try values.optionalText(.tokenFile)
    guard method == "tokens" else {
      if file != nil {
        throw values.fault(.tokenFile, "needs \(ServerSetting.authenticationMethod.name) tokens")
      }
      return method == "none" ? .none : .certificates
    }
    guard let file else {
      throw values.fault(.authenticationMethod, "tokens needs \(ServerSetting.tokenFile.name)")
    }
    return .tokens(file: file)
  }

  private static func uploads(_ values: SettingValues) throws -> UploadServer.Configuration {
    let text = try values.text(.uploadAddress)
    guard let address = HostAddress(text) else {
      throw values.fault(.uploadAddress, "\(text) is not host:port")
    }
    var uploads = UploadServer.Configuration(
      host: address.host, port: address.port, idleTimeout: try values.duration(.uploadIdle),
      maximumConnections: try values.integer(.uploadConnections))
    uploads.maximumUnfinishedBytes = try values.bytes(.unfinishedUploads)
    uploads.shutdownGrace = try values.duration(.shutdownGrace)
    if try values.flag(.uploadTLS) {
      guard let chain = try values.optionalText(.certificateChain),
        let key = try values.optionalText(.privateKey)
      else { throw values.fault(.uploadTLS, "needs \(ServerSetting.certificateChain.name)") }
      uploads.certificates = UploadCertificateFiles(
        chain: chain, key: key, reloadInterval: try values.duration(.reloadInterval))
    }
    return uploads
  }

  private static func server(_ values: SettingValues) throws -> ServerConfiguration {
    var server = ServerConfiguration()
    let threads = try values.integer(.threads)
    if threads > 0 { server.threadsPerQueue = threads }
    server.maximumRequestSize = Int(clamping: try values.bytes(.requestSize))
    server.maximumReplySize = Int(clamping: try values.bytes(.replySize))
    server.maximumRequestTime = try values.optionalDuration(.requestTime)
    server.maximumConcurrentCalls = try values.integer(.calls)
    server.maximumCancelledCalls = try values.integer(.cancelledCalls)
    server.maximumConcurrentStreams = try values.integer(.streams)
    server.maximumHandlersPerConnection = try values.integer(.handlers)
    server.openServices = Set(try values.list(.exempt))
    server.maximumOpenCalls = try values.integer(.openCalls)
    server.maximumConnectionBytes = Int(clamping: try values.bytes(.connectionBytes))
    server.maximumServerBytes = Int(clamping: try values.bytes(.serverBytes))
    server.minimumPingInterval = try values.duration(.pingInterval)
    server.maximumPingStrikes = try values.integer(.pingStrikes)
    server.maximumConnections = try values.integer(.connections)
    server.maximumMetadataSize = Int(clamping: try values.bytes(.metadataSize))
    server.maximumConnectionIdle = try values.optionalDuration(.connectionIdle)
    server.maximumConnectionAge = try values.optionalDuration(.connectionAge)
    server.maximumConnectionAgeGrace = try values.optionalDuration(.connectionAgeGrace)
    server.keepaliveTime = try values.duration(.keepaliveTime)
    server.keepaliveTimeout = try values.duration(.keepaliveTimeout)
    server.handshakeTimeoutMilliseconds = Int(
      try values.duration(.handshakeTimeout) / .milliseconds(1))
    server.shutdownGrace = try values.duration(.shutdownGrace)
    server.certificateReloadInterval = try values.duration(.reloadInterval)
    let mode = try values.text(.socketMode)
    guard let bits = UInt32(mode, radix: 8), bits <= 0o777 else {
      throw values.fault(.socketMode, "\(mode) is not an octal number of permissions such as 660")
    }
    server.unixSocketMode = bits
    return server
  }
}
