import CoreGRPC
import JobCloning
import JobService
import JobStoreSQLite
import Logging
import ObjectStorageDisk
import ServiceLifecycle
import UnixSignals

/// A server of jobs that are kept in a folder, and all that belongs to it.
struct JobProgram {
  let server: GRPCServer
  let group: ServiceGroup

  init(
    directory: String, address: String, uploads: UploadServer.Configuration = .init()
  ) throws {
    let logger = Logger(label: "jobs")
    let store = try SQLiteJobStore(path: directory + "/jobs.sqlite")
    let objects = try DiskObjectStorage(directory: directory + "/contents", keys: store.keys)
    let cloner = JobCloner(store: store, objects: objects, logger: logger)

    let services: [any GRPCService] = [
      ProjectJobService(cloner: cloner), OperationService(cloner: cloner),
      HealthService(services: [ProjectJobService.name, OperationService.name]),
    ]
    server = try GRPCServer(
      address: address,
      interceptors: [.callLog(logger), .requestIdentity],
      services: services + [ReflectionService(services: services)],
      logger: logger)

    group = ServiceGroup(
      services: [
        UploadServer(storage: objects, configuration: uploads, logger: logger),
        BackgroundOperations(cloner: cloner, logger: logger),
        Housekeeper(cloner: cloner, logger: logger),
        server,
      ],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
  }
}

struct Greeter: GRPCService {
  var methods: [RPCMethod] {
    [
      .unary("/example.Greeter/Greet") { request, context in
        guard !request.isEmpty else {
          throw RPCError(.invalidArgument, "Whom should I greet?")
        }
        return Array("Hello, ".utf8) + request
      },
      .bidirectionalStreaming("/example.Greeter/Chat") { requests, replies, context in
        for try await request in requests { try await replies.write(request) }
      },
    ]
  }
}

let onlyFromHere = ServerInterceptor { context, next in
  guard context.peer.hasPrefix("ipv4:127.0.0.1:") else {
    throw RPCError(.permissionDenied, "Not from there.")
  }
  try await next()
}

func localGreeter() throws -> GRPCServer {
  try GRPCServer(
    address: "127.0.0.1:0",
    interceptors: [
      .requestIdentity,
      onlyFromHere.applied { method in !method.hasPrefix("/grpc.health.v1.Health/") },
    ],
    services: [Greeter(), HealthService(services: ["example.Greeter"])])
}
