internal import CoreGRPC
internal import Foundation
internal import JobClient
internal import ObjectStorageDisk
internal import ServiceLifecycle

/// Says where the server listens once it does, and makes the example job if it is asked to.
struct Announcer: Service {
  let server: GRPCServer
  /// Yields the port of the upload endpoint when it listens.
  let uploadPorts: AsyncStream<Int>
  let settings: ServerSettings

  func run() async throws {
    guard let uploadPort = await uploadPorts.first(where: { _ in true }) else { return }
    let port = await server.waitUntilStarted()
    guard !Task.isCancelled else { return }
    let address = port.map { "\(host(of: settings.address)):\($0)" } ?? settings.address
    let scheme = settings.uploads.certificates == nil ? "http" : "https"
    let uploads =
      settings.publicUploadURL ?? "\(scheme)://\(settings.uploads.host):\(uploadPort)"
    say("Serving gRPC on \(address), uploads on \(uploads), data in \(settings.dataDirectory).")
    guard settings.makesExample else { return }
    let channel = try GRPCChannel.inProcess(to: server)
    let example = ExampleJob(
      directory: settings.dataDirectory + "/example",
      transfers: TransferOptions(hosts: TransferHosts(server: host(ofURL: uploads))))
    let outcome: Result<String, any Error>
    do {
      outcome = .success(try await example.ensure(ProjectJobClient(channel: channel)))
    } catch {
      outcome = .failure(error)
    }
    await channel.close()
    let id = try outcome.get()
    let isDefault = address == "127.0.0.1:50051"
    say("Example job: \(id) in project \(ExampleJob.projectID). Try in another terminal:")
    say(
      "  \(CommandLine.arguments[0]) clone \(id) --arg COUNT=3"
        + (isDefault ? "" : " --address \(address)"))
  }

  private func host(ofURL url: String) -> String { URL(string: url)?.host ?? "" }

  private func host(of address: String) -> Substring {
    address[..<(address.lastIndex(of: ":") ?? address.endIndex)]
  }

  /// Standard output may be a pipe, and whoever reads it waits for these lines.
  private func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
  }
}
