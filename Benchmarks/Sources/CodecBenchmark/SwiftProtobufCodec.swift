import GeneratedMessages
import SwiftProtobuf

/// Apple's swift-protobuf, with the code that its plugin generates.
struct SwiftProtobufCodec: Codec {
  typealias Request = Yandex_Cloud_Datasphere_V2_Jobs_CloneProjectJobRequest
  typealias Creation = Yandex_Cloud_Datasphere_V2_Jobs_CreateProjectJobRequest
  typealias Parameters = Yandex_Cloud_Datasphere_V2_Jobs_JobParameters

  let name = "swift-protobuf"
  private let bytes: [UInt8]
  private let request: Request
  private let source: Parameters
  private let overrides: [UInt8]

  init(_ payload: Payload) throws {
    bytes = [UInt8](payload.request)
    request = try Request(serializedBytes: bytes)
    source = try Creation(serializedBytes: [UInt8](payload.source)).jobParameters
    overrides = try request.jobParametersOverrides.serializedBytes()
  }

  /// It cannot encode into given memory, so it makes an array; and it has no public size.
  func run(_ operation: Operation, iterations: Int) throws -> Bool {
    guard operation != .size else { return false }
    for _ in 0..<iterations {
      switch operation {
      case .decode: try decode()
      case .encode: try encode(request)
      case .size: break
      case .merge: try merge()
      }
    }
    return true
  }

  @inline(never)
  private func decode() throws {
    let message = try Request(serializedBytes: bytes)
    keep(message.name.utf8.count)
  }

  @inline(never)
  private func encode(_ message: Request) throws {
    let encoded: [UInt8] = try message.serializedBytes()
    keep(encoded.count)
  }

  @inline(never)
  private func merge() throws {
    var message = source
    try message.merge(serializedBytes: overrides)
    keep(message.cmd.utf8.count)
  }
}
