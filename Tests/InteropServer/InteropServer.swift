internal import CoreGRPC
internal import Foundation

/// Serves gRPC's interoperability tests on a free port until standard input ends, for
/// `Tests/Acceptance/interop.py`.
@main
enum InteropServer {
  static func main() async throws {
    let server = try GRPCServer(
      address: "127.0.0.1:0", services: [InteropTestService(), FlakyService()])
    async let serving: Void = server.run()
    if let port = await server.waitUntilStarted() {
      FileHandle.standardOutput.write(Data("Serving on 127.0.0.1:\(port)\n".utf8))
    }
    Thread.detachNewThread {
      while readLine() != nil {}
      server.stop()
    }
    try await serving
  }
}
