internal import CoreGRPC
internal import ProtobufWire

/// A message as a reply, encoded straight into gRPC's memory.
struct MessageReply<Body: Message>: RPCPayload {
  private let message: SizedMessage<Body>

  init(_ message: Body) { self.message = SizedMessage(message) }

  var byteCount: Int { message.byteCount }

  func write(into buffer: UnsafeMutableRawBufferPointer) { message.write(into: buffer) }
}
