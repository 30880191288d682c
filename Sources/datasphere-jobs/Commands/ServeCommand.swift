internal import ArgumentParser
internal import Foundation
internal import Logging
internal import Safeguards

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
      try Terminal.print(escapedJSON(PrintedConfiguration.text(values)))
      return
    }
    let allowance = LogAllowance(lines: settings.logLines)
    LoggingSystem.bootstrap { label in
      var handler = SafeLogHandler(
        FlagLogHandler(StreamLogHandler.standardError(label: label)), allowance: allowance,
        quotesValues: true)
      handler.logLevel = settings.logLevel
      return handler
    }
    try await JobServer(settings: settings).run()
  }
}
