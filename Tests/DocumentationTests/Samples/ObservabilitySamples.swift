import CoreGRPC
import Foundation
import JobService
import Logging
import ProtobufWire
import Safeguards

func observedServer(
  _ services: [any GRPCService], logger: Logger
) throws -> GRPCServer {
  let metrics = CallMetrics()
  return try GRPCServer(
    address: "127.0.0.1:0",
    interceptors: [metrics.interceptor, .callLog(logger), .requestIdentity],
    services: services, logger: logger)
}

func bootstrapLogging() {
  let allowance = LogAllowance(lines: 5_000)
  LoggingSystem.bootstrap { label in
    SafeLogHandler(
      StreamLogHandler.standardError(label: label), allowance: allowance, quotesValues: true)
  }
}

func healthWithoutDatabase() -> HealthService {
  let registry = HealthRegistry(services: [ProjectJobService.name])
  let health = HealthService(registry: registry)
  // When the database is lost:
  registry.set(.notServing, for: ProjectJobService.name)
  registry.set(.notServing, for: "")
  return health
}

func reflection(of services: [any GRPCService], file: URL) throws -> ReflectionService {
  try ReflectionService(
    services: services, fileDescriptorSets: [[UInt8](Data(contentsOf: file))])
}
