internal import ArgumentParser

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
}
