import CoreGRPC
import JobClient
import JobCloning
import JobMessages
import JobService
import JobServiceTesting
import ProtobufWire
import XCTest

final class CloneTests: XCTestCase {
  func testACloneKeepsItsParent() async throws {
    let cloner = JobCloner(store: InMemoryJobStore(), objects: InMemoryObjectStorage())
    try await withInProcessServer(ProjectJobService(cloner: cloner)) { client in
      let created = try await client.create(
        .with {
          $0.projectID = "p1"
          $0.jobParameters = .with {
            $0.cmd = "echo hello"
            $0.cloudInstanceTypes = [CloudInstanceType(name: "c1.4")]
          }
        })
      let source = try created.response?.unpack(CreateProjectJobResponse.self)?.jobID ?? ""
      let cloned = try await client.clone(.with { $0.sourceJobID = source })
      let clone = try cloned.response?.unpack(CloneProjectJobResponse.self)?.jobID ?? ""
      let job = try await client.job(id: clone)
      XCTAssertEqual(job.parentJobID, source)
    }
  }
}

func greetOverASocket() async throws -> [UInt8] {
  let server = try GRPCServer(address: "127.0.0.1:0", services: [Greeter()])
  let serving = Task { try await server.run() }
  let port = await server.waitUntilStarted() ?? 0
  let channel = try GRPCChannel(plaintextTarget: "127.0.0.1:\(port)")
  let reply = try await channel.unary("/example.Greeter/Greet", Array("you".utf8))
  await channel.close()
  server.stop()
  try await serving.value
  return reply.message
}

func codeWithoutStore() async throws -> StatusCode {
  let store = InMemoryJobStore()
  store.failure = StoreError(.unavailable, "the disk is gone")
  let cloner = JobCloner(store: store, objects: InMemoryObjectStorage())
  return try await withInProcessServer(ProjectJobService(cloner: cloner)) { client in
    do throws(RPCError) {
      _ = try await client.job(id: "bt1aaaaaaaaaaaaaaaaa")
      return StatusCode.ok
    } catch {
      return error.code
    }
  }
}
