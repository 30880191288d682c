internal import CoreGRPC

/// Fails until its caller has tried often enough: for tests of transparent retries.
struct FlakyService: GRPCService {
  var methods: [RPCMethod] {
    [
      // The request is a number in decimal; the reply is the attempts before this one.
      .unary("/interop.Flaky/Attempt") { bytes, context in
        let wanted = Int(String(decoding: bytes, as: UTF8.self)) ?? 0
        guard context.previousAttempts >= wanted else {
          throw RPCError(.unavailable, "Try again.")
        }
        return Array("\(context.previousAttempts)".utf8)
      },
      // The same with word from the server that no attempt is wanted.
      .unary("/interop.Flaky/GiveUp") { _, context -> [UInt8] in
        throw RPCError(
          .unavailable, "Tried \(context.previousAttempts) times before.",
          trailingMetadata: ["grpc-retry-pushback-ms": "-1"])
      },
    ]
  }
}
