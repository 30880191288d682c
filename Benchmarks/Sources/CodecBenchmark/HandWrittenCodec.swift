import JobMessages
import ProtobufWire

/// The codec of this repository.
struct HandWrittenCodec: Codec {
  let name = "this package"
  let request: CloneProjectJobRequest
  private let bytes: UnsafeRawBufferPointer
  private let source: JobParameters
  private let overrides: [UInt8]
  private let buffer: UnsafeMutableRawBufferPointer

  init(_ payload: Payload) throws {
    bytes = payload.request
    request = try CloneProjectJobRequest(serializedBytes: bytes)
    let creation = try CreateProjectJobRequest(serializedBytes: payload.source)
    source = creation.jobParameters ?? JobParameters()
    overrides = (request.jobParametersOverrides ?? JobParameters()).serializedBytes()
    buffer = .allocate(byteCount: bytes.count, alignment: 16)
  }

  func run(_ operation: Operation, iterations: Int) throws -> Bool {
    for _ in 0..<iterations {
      switch operation {
      case .decode: try decode()
      case .encode: encode(request)
      case .size: keep(request.serializedSize)
      case .merge: try merge()
      }
    }
    return true
  }

  @inline(never)
  private func decode() throws {
    let message = try CloneProjectJobRequest(serializedBytes: bytes)
    keep(message.name.utf8.count)
  }

  @inline(never)
  private func encode(_ message: CloneProjectJobRequest) {
    message.encode { byteCount in
      keep(byteCount)
      return buffer
    }
  }

  @inline(never)
  private func merge() throws {
    var message = source
    try overrides.withUnsafeBytes { try message.merge(serializedBytes: $0) }
    keep(message.cmd.utf8.count)
  }
}

/// Uses a result, so that the work behind it is not left out.
@inline(never)
func keep(_ result: Int) { withExtendedLifetime(result) {} }
