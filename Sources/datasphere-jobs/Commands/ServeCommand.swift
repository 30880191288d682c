internal import ArgumentParser
internal import Foundation
internal import Logging

/// `datasphere-jobs serve`.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve jobs over gRPC until SIGTERM or SIGINT.",
    usage: "datasphere-jobs serve [--config <file>] [--print-config] [<flag> <value>] ...",
    discussion: SettingsHelp.text)

  // One table knows all settings, so the flags are not declared here one by one.
  @ArgumentParser.Argument(parsing: .captureForPassthrough, help: .hidden)
  var arguments: [String] = []

  func run() async throws {
    let arguments = try ServeArguments(arguments)
    if arguments.asksForHelp { throw CleanExit.helpRequest(self) }
    let values = try await SettingValues(
      arguments, environment: ProcessInfo.processInfo.environment)
    let settings = try ServerSettings(values)
    if arguments.printsConfiguration {
      print(try PrintedConfiguration.text(values))
      return
    }
    LoggingSystem.bootstrap { label in
      var handler = StreamLogHandler.standardError(label: label)
      handler.logLevel = settings.logLevel
      return handler
    }
    try await JobServer(settings: settings).run()
  }
}
