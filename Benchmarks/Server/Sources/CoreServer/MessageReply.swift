internal import CoreGRPC
internal import ProtobufWire

/// A reply that is encoded straight into gRPC's memory.
struct MessageReply<Body: Message>: RPCPayload {
  private let message: Body

  init(_ message: Body) { self.message = message }

  func write(allocating allocate: (_ byteCount: Int) -> UnsafeMutableRawBufferPointer) {
    message.encode(into: allocate)
  }
}
