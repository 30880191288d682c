internal import CGRPCShim
internal import Logging

/// A claim on gRPC core: as long as one lives, core's threads do.
///
/// Core logs to standard error by itself; its lines go to the logger `grpc.core` instead, its
/// errors as notices, since core calls errors what a peer can cause.
final class CoreLibrary: Sendable {
  private static let logger = Logger(label: "grpc.core")

  private static let redirectLog: Void = cgrpc_library_set_log { severity, file, line, message in
    guard let message, severity >= 2 else { return }
    let source = file.map { String(cString: $0) } ?? "core"
    CoreLibrary.logger.debug(
      "\(String(cString: message))", metadata: ["source": "\(source):\(line)"])
  }

  init() {
    Self.redirectLog
    cgrpc_library_retain()
  }

  deinit { cgrpc_library_release() }
}
