internal import CoreGRPC
internal import Foundation
internal import JobCloning
internal import JobService
internal import JobStoreSQLite
internal import Logging
internal import ObjectStorageDisk
internal import Safeguards
internal import ServiceLifecycle
internal import UnixSignals

/// The server that `serve` runs: the library's parts, wired.
struct JobServer {
  let settings: ServerSettings
  /// Shows a line to whoever started the server: where it serves, once it does.
  var say: @Sendable (String) -> Void = Self.print

  /// Serves until SIGTERM or SIGINT; calls and transfers under way may finish then, within the grace.
  func run() async throws {
    // Each connection takes a descriptor, each transfer another.
    DescriptorLimit.raise()
    let logger = Logger(label: "datasphere-jobs")
    if settings.exposesTokens {
      logger.warning("tokens travel in the clear: serve TLS, or put a proxy with TLS in front")
    }
    let interceptors = try interceptors(logger: logger)
    let authorizer = try authorizer(logger: logger)
    let directory = DataDirectory(path: settings.dataDirectory)
    try directory.prepare(logger: logger)
    let store = try SQLiteJobStore(
      path: directory.database,
      keyFile: settings.keyFile, logger: logger)
    let objects = try DiskObjectStorage(
      directory: settings.dataDirectory + "/contents", publicURL: settings.publicUploadURL,
      keys: store.keys)
    let cloner = JobCloner(
      store: store, objects: objects, policy: settings.policy, authorizer: authorizer,
      runner: settings.runner, logger: logger)
    let services: [any GRPCService] = [
      ProjectJobService(cloner: cloner), OperationService(cloner: cloner),
      ProjectService(cloner: cloner), ApiEndpointService(allAt: settings.publicAddress),
      HealthService(services: [ProjectJobService.name, OperationService.name]),
    ]
    let server = try GRPCServer(
      address: settings.address, security: settings.security, interceptors: interceptors,
      services: services + [ReflectionService(services: services)],
      configuration: settings.server, logger: logger)
    let (listening, isListening) = AsyncStream.makeStream(of: Int.self)
    let uploads = UploadServer(
      storage: objects, configuration: settings.uploads, logger: logger,
      onListening: { isListening.yield($0) })
    let followers = [settings.publicUploadURLFile].compactMap { $0 }.map {
      PublicURLFile(path: $0, storage: objects, logger: logger)
    }
    let announcer = Announcer(server: server, uploadPorts: listening, settings: settings, say: say)
    let group = ServiceGroup(
      configuration: .init(
        services: [
          .init(service: BackgroundOperations(cloner: cloner, logger: logger)),
          .init(
            service: Housekeeper(cloner: cloner, rules: settings.housekeeping, logger: logger)),
          .init(service: Listeners(services: [server, uploads] + followers)),
          .init(service: announcer, successTerminationBehavior: .ignore),
        ],
        gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
    let impatience = Task { await SecondSignal(logger: logger).endProcess() }
    defer { impatience.cancel() }
    try await group.run()
  }

  /// Standard output may be a pipe, and whoever reads it waits for these lines; when it takes none,
  /// the server serves all the same.
  @Sendable private static func print(_ line: String) {
    do {
      try Terminal.print(line)
    } catch {
      Logger(label: "datasphere-jobs")
        .warning("nobody can be told where the server serves", metadata: ["error": "\(error)"])
    }
  }

  /// What is around every call, outermost first.
  private func interceptors(logger: Logger) throws -> [ServerInterceptor] {
    let exempt = settings.exempt
    // Refused callers are in the log, too.
    let outer: [ServerInterceptor] = [.callLog(logger), .requestIdentity]
    return switch settings.authentication {
    case .none: outer
    case .tokens(let file):
      outer + [
        try .authentication(
          .bearerTokens(file: file, logger: logger), exempting: exempt, logger: logger)
      ]
    case .certificates:
      outer + [.authentication(.clientCertificates, exempting: exempt, logger: logger)]
    }
  }

  private func authorizer(logger: Logger) throws -> any Authorizer {
    guard let file = settings.rulesFile else { return OpenAuthorizer() }
    return try AccessRules(file: file, logger: logger)
  }
}
