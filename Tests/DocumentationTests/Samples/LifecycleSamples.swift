import CoreGRPC
import Synchronization

func serveForAWhile(_ services: [any GRPCService]) async throws {
  let server = try GRPCServer(address: "127.0.0.1:0", services: services)
  let serving = Task { try await server.run() }
  let port = await server.waitUntilStarted()
  try await useServer(port: port)
  server.stop()
  try await serving.value
}

func useServer(port: Int?) async throws {
  let channel = try GRPCChannel(plaintextTarget: "127.0.0.1:\(port ?? 0)")
  let ticking = try await channel.stream("/example.Ticker/Tick")
  try await ticking.send([UInt8]())
  try await ticking.finishSending()
  _ = try await ticking.receive()
  ticking.cancel()
  await channel.close()
}

final class Ticker: GRPCService {
  private let isStopping = Atomic<Bool>(false)

  var methods: [RPCMethod] {
    [
      .serverStreaming("/example.Ticker/Tick") { [self] _, replies, _ in
        while !isStopping.load(ordering: .relaxed) {
          try await replies.write(Array("tick".utf8))
          try await Task.sleep(for: .seconds(1))
        }
      }
    ]
  }

  func serverWillStop() { isStopping.store(true, ordering: .relaxed) }
}
