internal import CoreGRPC
internal import Foundation
internal import JobCloning
internal import JobService
internal import JobStoreSQLite
internal import Logging
internal import ObjectStorageDisk
internal import ServiceLifecycle
internal import UnixSignals

/// The server that `serve` runs: the library's parts, wired.
struct JobServer {
  let settings: ServerSettings

  /// Serves until SIGTERM or SIGINT; calls under way may finish then.
  func run() async throws {
    // Each connection takes a descriptor, each upload another.
    DescriptorLimit.raise()
    let logger = Logger(label: "datasphere-jobs")
    try makeDataDirectory()
    let store = try SQLiteJobStore(path: settings.dataDirectory + "/jobs.sqlite")
    let objects = try DiskObjectStorage(
      directory: settings.dataDirectory + "/contents", publicURL: settings.publicUploadURL,
      keys: store.keys)
    let cloner = JobCloner(store: store, objects: objects)
    let server = try GRPCServer(
      address: settings.address, interceptors: [.requestIdentity],
      services: [
        ProjectJobService(cloner: cloner), OperationService(cloner: cloner),
        HealthService(services: [ProjectJobService.name, OperationService.name]),
      ], logger: logger)
    let (listening, isListening) = AsyncStream.makeStream(of: Int.self)
    let uploads = UploadServer(
      storage: objects,
      configuration: .init(host: settings.uploadHost, port: settings.uploadPort),
      logger: logger, onListening: { isListening.yield($0) })
    let announcer = Announcer(server: server, uploadPorts: listening, settings: settings)
    let group = ServiceGroup(
      configuration: .init(
        services: [
          .init(service: uploads), .init(service: server),
          .init(service: announcer, successTerminationBehavior: .ignore),
        ],
        gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
    try await group.run()
  }

  private func makeDataDirectory() throws {
    do {
      try FileManager.default.createDirectory(
        atPath: settings.dataDirectory, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch {
      throw StoreError(
        .misconfigured,
        "The data directory \(settings.dataDirectory) cannot be made or is not a directory.")
    }
  }
}
