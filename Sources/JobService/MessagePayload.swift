internal import CoreGRPC
internal import ProtobufWire

/// A reply whose size is known already and that is encoded straight into gRPC's memory.
struct MessagePayload<Body: Message>: RPCPayload {
  private let message: SizedMessage<Body>

  init(_ message: Body) { self.message = SizedMessage(message) }

  var byteCount: Int { message.byteCount }

  func write(into buffer: UnsafeMutableRawBufferPointer) { message.write(into: buffer) }
}
