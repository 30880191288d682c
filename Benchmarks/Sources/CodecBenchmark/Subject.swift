import Foundation
import JobMessages
import ProtobufWire

/// One operation on one payload, and the codecs that do it.
struct Subject {
  let payload: Payload
  let operation: Operation
  let codecs: [any Codec]

  /// The name under which counts are kept, such as `heavy/decode/libprotobuf`.
  func key(_ codec: any Codec) -> String { "\(payload.name)/\(operation.rawValue)/\(codec.name)" }

  /// All subjects, once every codec was seen to give the same encoding.
  static func all(in folder: URL) throws -> [Subject] {
    try Payload.names.flatMap { name in
      let payload = try Payload(name, in: folder)
      let ours = try HandWrittenCodec(payload)
      let peer = try LibprotobufCodec(payload, usesArena: false)
      _ = try peer.run(.encode, iterations: 1)
      guard
        ours.request.serializedBytes() == [UInt8](payload.request),
        try CloneProjectJobRequest(serializedBytes: peer.encoded) == ours.request
      else { throw BenchmarkError("the codecs differ on \(name)") }

      let codecs: [any Codec] = [
        ours, peer, try LibprotobufCodec(payload, usesArena: true),
        try SwiftProtobufCodec(payload),
      ]
      return try Operation.allCases.map { operation in
        Subject(
          payload: payload, operation: operation,
          codecs: try codecs.filter { try $0.run(operation, iterations: 1) })
      }
    }
  }
}
