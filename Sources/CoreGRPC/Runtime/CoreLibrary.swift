internal import CGRPCShim
internal import Logging
internal import Safeguards

/// gRPC core, which runs from its first use to the end of the process.
///
/// Core's threads are not ended with the last server or channel: its teardown waits up to ten seconds
/// for its own poller when a peer lately did not read, and the caller waits with it.
///
/// Core logs to standard error by itself; its lines go to the logger `grpc.core` instead, its
/// errors as notices, since core calls errors what a peer can cause.
enum CoreLibrary {
  private static let logger = Logger(label: "grpc.core").safe

  private static let started: Void = {
    cgrpc_library_set_log { severity, file, line, message in
      guard let message, severity >= 2 else { return }
      let source = file.map { String(cString: $0) } ?? "core"
      CoreLibrary.logger.debug(
        "\(String(cString: message))", metadata: ["source": "\(source):\(line)"])
    }
    cgrpc_library_start()
  }()

  /// Starts core unless it runs; before any other function of the shim, from any thread.
  static func start() { started }
}
