internal import ArgumentParser
internal import Foundation
internal import Safeguards

/// The server and its command-line client in one program.
@main
struct DatasphereJobs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "datasphere-jobs",
    abstract: "Serve DataSphere jobs, make them, and clone them.",
    version: "0.1.0",
    subcommands: [
      ServeCommand.self, CreateCommand.self, CloneCommand.self, UploadCommand.self,
      ExecuteCommand.self,
      GetCommand.self, ListCommand.self, OperationCommand.self, LogsCommand.self,
      CancelCommand.self, DownloadCommand.self, SetDataTTLCommand.self, DeleteDataCommand.self,
      DeleteCommand.self, TokenCommand.self, KeysCommand.self,
    ])

  /// Runs the command asked for; whatever it throws ends the program here, as clear lines.
  static func main() async {
    let command: any ParsableCommand
    do {
      command = try await asyncParseAsRoot(nil)
    } catch {
      end(error, fullMessage(for: error))
    }
    do {
      // `serve` looks at it with its settings, and after `--help`.
      if !(command is ServeCommand) {
        try EnvironmentNames.check(ProcessInfo.processInfo.environment)
      }
      try await run(command)
      try Terminal.finish()
    } catch let error as ValidationError {
      end(error, message(for: error, of: type(of: command)))
    } catch {
      end(error, fullMessage(for: error))
    }
  }

  private static func run(_ command: any ParsableCommand) async throws {
    if var command = command as? any AsyncParsableCommand {
      try await command.run()
    } else {
      var command = command
      try command.run()
    }
  }

  /// What is wrong, and how the command is used.
  private static func message(
    for error: ValidationError, of command: any ParsableCommand.Type
  ) -> String {
    let name = command.configuration.commandName ?? ""
    return """
      Error: \(error.message)
      Usage: \(usageString(for: command))
        See 'datasphere-jobs help \(name)' for more information.
      """
  }

  private static func end(_ error: any Error, _ message: String) -> Never {
    let code = exitCode(for: error)
    guard code.isSuccess else {
      if !message.isEmpty { Terminal.complain(message) }
      exit(withError: code)
    }
    // Help and the version are answers.
    do {
      if !message.isEmpty { try Terminal.print(message) }
    } catch {
      end(error, fullMessage(for: error))
    }
    exit(withError: code)
  }
}
