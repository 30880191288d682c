internal import CoreGRPC
internal import ProtobufWire

/// `grpc.testing.TestService`: does what its requests say.
struct InteropTestService: GRPCService {
  private static let prefix = "/grpc.testing.TestService/"

  /// All methods of the service but UnimplementedCall.
  var methods: [RPCMethod] {
    [
      .unary(Self.prefix + "EmptyCall") { (_: Empty, context) in
        context.echoMetadata()
        return Empty()
      },
      .unary(Self.prefix + "UnaryCall", handler: Self.answer),
      .unary(Self.prefix + "CacheableUnaryCall", handler: Self.answer),
      .serverStreaming(Self.prefix + "StreamingOutputCall") {
        (request: StreamingOutputCallRequest, replies, context) in
        context.echoMetadata()
        try await Self.answer(request, to: replies, context)
      },
      .clientStreaming(Self.prefix + "StreamingInputCall") { requests, context in
        context.echoMetadata()
        return try await Self.sum(&requests)
      },
      .bidirectionalStreaming(Self.prefix + "FullDuplexCall") {
        (requests: inout MessageRequests<StreamingOutputCallRequest>, replies, context) in
        context.echoMetadata()
        while let request = try await requests.next() {
          try await Self.answer(request, to: replies, context)
        }
      },
      .bidirectionalStreaming(Self.prefix + "HalfDuplexCall") {
        (requests: inout MessageRequests<StreamingOutputCallRequest>, replies, context) in
        context.echoMetadata()
        var all: [StreamingOutputCallRequest] = []
        while let request = try await requests.next() { all.append(request) }
        for request in all { try await Self.answer(request, to: replies, context) }
      },
    ]
  }

  @Sendable private static func answer(
    _ request: SimpleRequest, _ context: ServerCallContext
  ) async throws -> SimpleResponse {
    context.echoMetadata()
    try check(request.expectCompressed, against: context.isRequestCompressed)
    try request.responseStatus?.throwIfFailure()
    context.compression = request.responseCompressed?.value == true ? .medium : .off
    let payload = try Payload(zeros: request.responseSize)
    return .with { $0.payload = payload }
  }

  private static func answer(
    _ request: StreamingOutputCallRequest, to replies: MessageReplies<StreamingOutputCallResponse>,
    _ context: ServerCallContext
  ) async throws {
    // The encoding leaves with the first reply, and each reply says whether it makes use of it.
    if request.responseParameters.contains(where: { $0.compressed?.value == true }) {
      context.compression = .medium
    }
    for parameters in request.responseParameters {
      if parameters.intervalMicroseconds > 0 {
        try await Task.sleep(for: .microseconds(Int(parameters.intervalMicroseconds)))
      }
      let payload = try Payload(zeros: parameters.size)
      try await replies.write(
        .with { $0.payload = payload }, isCompressible: parameters.compressed?.value == true)
    }
    try request.responseStatus?.throwIfFailure()
  }

  private static func sum(
    _ requests: inout MessageRequests<StreamingInputCallRequest>
  ) async throws -> StreamingInputCallResponse {
    var total = 0
    while let request = try await requests.next() {
      try check(request.expectCompressed, against: requests.isCompressed)
      total += request.payload?.body.count ?? 0
    }
    return .with { $0.aggregatedPayloadSize = Int32(clamping: total) }
  }

  private static func check(_ expected: BoolValue?, against isCompressed: Bool) throws(RPCError) {
    guard let expected, expected.value != isCompressed else { return }
    throw RPCError(
      .invalidArgument, "The request came \(isCompressed ? "compressed" : "uncompressed").")
  }
}

extension EchoStatus {
  fileprivate func throwIfFailure() throws(RPCError) {
    guard code != 0 else { return }
    throw RPCError(StatusCode(rawValue: Int(code)), message)
  }
}

extension Payload {
  private static let largest: Int32 = 16 << 20

  fileprivate init(zeros count: Int32) throws(RPCError) {
    guard (0...Self.largest).contains(count) else {
      throw RPCError(.invalidArgument, "\(count) is no size of a payload.")
    }
    self.init()
    body = [UInt8](repeating: 0, count: Int(count))
  }
}

extension ServerCallContext {
  private static let initialKey = "x-grpc-test-echo-initial"
  private static let trailingKey = "x-grpc-test-echo-trailing-bin"

  /// Sends back what the tests want to see again.
  fileprivate func echoMetadata() {
    for value in metadata.values(forKey: Self.initialKey) {
      initialMetadata.add(value, forKey: Self.initialKey)
    }
    for entry in metadata where entry.key == Self.trailingKey {
      trailingMetadata.add(bytes: entry.bytes, forKey: Self.trailingKey)
    }
  }
}
