internal import ArgumentParser
internal import Logging

/// `datasphere-jobs serve`.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve jobs over gRPC until SIGTERM or SIGINT.",
    discussion: """
      Jobs and contents are kept in the data directory. A flag wins over the environment. The \
      server knows no users: whoever reaches its address may do everything, so it listens beyond \
      this machine only with --allow-anonymous.
      """)

  @Option(
    help: """
      Where to serve gRPC: host:port or unix:/path. \
      [env: DATASPHERE_JOBS_ADDRESS] (default: 127.0.0.1:50051)
      """)
  var address: String?

  @Option(
    help: """
      Where to take uploads over HTTP: host:port. \
      [env: DATASPHERE_JOBS_UPLOAD_ADDRESS] (default: 127.0.0.1:50052)
      """)
  var uploadAddress: String?

  @Option(
    help: """
      What upload URLs begin with, as clients reach it. \
      [env: DATASPHERE_JOBS_PUBLIC_UPLOAD_URL] (default: http:// and the upload address)
      """)
  var publicUploadURL: String?

  @Option(
    help: """
      Where jobs and contents are kept; made if missing. \
      [env: DATASPHERE_JOBS_DATA_DIRECTORY] (default: data)
      """)
  var dataDirectory: String?

  @Option(
    help: """
      What to log to standard error: trace, debug, info, notice, warning, error, critical. \
      [env: DATASPHERE_JOBS_LOG_LEVEL] (default: notice)
      """)
  var logLevel: String?

  @Flag(help: "Serve everyone on an address that other machines can reach.")
  var allowAnonymous = false

  @Flag(help: "Make an example job if there is none, and say what to try with it.")
  var example = false

  func run() async throws {
    let level = Setting.value(
      logLevel, environment: "DATASPHERE_JOBS_LOG_LEVEL", default: "notice")
    guard let logLevel = Logger.Level(rawValue: level) else {
      throw ValidationError("\(level) is not a log level.")
    }
    LoggingSystem.bootstrap { label in
      var handler = StreamLogHandler.standardError(label: label)
      handler.logLevel = logLevel
      return handler
    }
    try await JobServer(
      settings: ServerSettings(
        address: Setting.value(
          address, environment: "DATASPHERE_JOBS_ADDRESS", default: "127.0.0.1:50051"),
        uploadAddress: Setting.value(
          uploadAddress, environment: "DATASPHERE_JOBS_UPLOAD_ADDRESS",
          default: "127.0.0.1:50052"),
        publicUploadURL: Setting.value(
          publicUploadURL, environment: "DATASPHERE_JOBS_PUBLIC_UPLOAD_URL"),
        dataDirectory: Setting.value(
          dataDirectory, environment: "DATASPHERE_JOBS_DATA_DIRECTORY", default: "data"),
        allowsAnonymous: allowAnonymous, makesExample: example)
    ).run()
  }
}
