import CoreGRPC
import JobCloning
import JobService
import Logging

func secureServer(
  _ services: [any GRPCService], tokens: String
) throws -> GRPCServer {
  try GRPCServer(
    address: "0.0.0.0:50051",
    security: .tls(
      certificateChain: "server.pem", privateKey: "server.key",
      clientCertificates: .optional(authorities: "clients.pem")),
    interceptors: [
      .callLog(.init(label: "jobs")), .requestIdentity,
      .authentication(.bearerTokens(file: tokens)),
    ],
    services: services)
}

func authenticated(
  by find: @escaping @Sendable (_ token: String) async -> String?
) -> ServerInterceptor {
  .authentication(
    .custom { @Sendable credentials in
      guard let token = credentials.bearerToken else {
        throw AuthenticationError(.missing, "no bearer token")
      }
      guard let name = await find(token) else {
        throw AuthenticationError(.refused, "unknown bearer token")
      }
      return Principal(id: name)
    })
}

struct OwnProject: Authorizer {
  func mayRead(projectID: String, as principal: Principal) async throws(StoreError) -> Bool {
    projectID == principal.id
  }

  func mayCreate(projectID: String, as principal: Principal) async throws(StoreError) -> Bool {
    projectID == principal.id
  }
}

func limited(
  by admits: @escaping @Sendable (Principal) -> Bool
) -> ServerInterceptor {
  ServerInterceptor { context, next in
    guard admits(context.principal) else {
      throw RPCError(.resourceExhausted, "Your quota is used up.")
    }
    try await next()
  }
}
