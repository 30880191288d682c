internal import CoreGRPC
internal import Foundation
internal import JobClient
internal import ObjectStorageDisk
internal import Safeguards
internal import ServiceLifecycle

/// Says where the server listens once everything serves, and makes the example job if it is asked to.
struct Announcer: Service {
  let server: GRPCServer
  /// Yields the port of the upload endpoint when it listens.
  let uploadPorts: AsyncStream<Int>
  let settings: ServerSettings
  /// Shows a line to whoever started the server.
  let say: @Sendable (String) -> Void

  func run() async throws {
    guard let uploadPort = await uploadPorts.first(where: { _ in true }) else { return }
    let port = await server.waitUntilStarted()
    // A server that could not start has no channel: its own error ends the program.
    guard !Task.isCancelled, let channel = try? GRPCChannel.inProcess(to: server) else { return }
    let address = port.map { "\(host(of: settings.address)):\($0)" } ?? settings.address
    let scheme = settings.uploads.certificates == nil ? "http" : "https"
    let uploads =
      settings.publicUploadURL ?? "\(scheme)://\(settings.uploads.host):\(uploadPort)"
    let folder = quotedIfUnsafe(settings.dataDirectory)
    say("Serving gRPC on \(address), uploads on \(uploads), data in \(folder).")
    let example: Result<String?, any Error>
    do {
      example = .success(try await exampleID(channel, uploads))
    } catch {
      example = .failure(error)
    }
    await channel.close()
    guard let id = try example.get() else { return }
    say("Example job: \(id) in project \(ExampleJob.projectID). Try in another terminal:")
    say(
      "  \(CommandLine.arguments[0]) clone \(id) --arg COUNT=3"
        + (address == "127.0.0.1:50051" ? "" : " --address \(address)"))
  }

  private func exampleID(_ channel: GRPCChannel, _ uploads: String) async throws -> String? {
    guard settings.makesExample else { return nil }
    let transfers = TransferOptions(hosts: TransferHosts(server: host(ofURL: uploads)))
    return try await ExampleJob(
      directory: settings.dataDirectory + "/example", transfers: transfers
    ).ensure(ProjectJobClient(channel: channel))
  }

  private func host(ofURL url: String) -> String { URL(string: url)?.host ?? "" }

  private func host(of address: String) -> Substring {
    address[..<(address.lastIndex(of: ":") ?? address.endIndex)]
  }
}
