internal import ArgumentParser
internal import Foundation
internal import JobClient
internal import JobMessages

/// `datasphere-jobs upload`.
struct UploadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "upload", abstract: "Send the files of a job that the server does not have yet.",
    discussion: """
      For a job whose upload failed or was interrupted. Files below the current folder are found by \
      their paths; name the others. A file is sent only if it has the content that the job was made \
      with.

      Example:
        datasphere-jobs upload bt1… /data/numbers.txt
      """)

  /// Why a file is not sent.
  struct Refusal: Error, CustomStringConvertible {
    let description: String
  }

  @OptionGroup var connection: ConnectionOptions

  @ArgumentParser.Argument(help: "The id of the job.")
  var id: String

  @ArgumentParser.Argument(help: "Files that may be sent, beside those below the current folder.")
  var files: [String] = []

  func run() async throws {
    let named = try files.map { path throws(LocalFileError) in try LocalFile(path: path) }
    try await connection.withClient { client in
      let operation = try await client.finished(client.operation(id: id))
      let made = try UploadReport.outcome(of: operation)
      let missing = Set(
        try await client.missing(among: made.files.compactMap(\.file), jobID: made.jobID)
          .map(\.sha256))
      let wanted = made.files.filter { missing.contains($0.file?.sha256 ?? "") }
      let offered = try wanted.map { try Self.offer(for: $0.file ?? File(), among: named) }
      try await UploadReport.upload(wanted, of: made.jobID, from: offered, over: connection)
      try Terminal.print(
        wanted.isEmpty
          ? "job \(made.jobID) has all of its files"
          : "sent \(wanted.count) of the files of job \(made.jobID)")
    }
  }

  /// The local file with this content: one of those named, or the one at its path.
  private static func offer(for file: File, among named: [LocalFile]) throws -> LocalFile {
    if let match = named.lazy.compactMap({ $0.standing(for: file) }).first { return match }
    let path = file.desc?.path ?? ""
    // The path is the server's word: it does not lead this program out of the folder.
    guard isBelowCurrentFolder(path) else {
      throw Refusal(
        description: "The server waits for \(path.debugDescription): name the file to send.")
    }
    guard let match = try LocalFile(path: path).standing(for: file) else {
      throw Refusal(
        description: "\(path) has another content than the job was made with.")
    }
    return match
  }

  /// Whether a path leads, through whatever links, to a place in the current folder.
  static func isBelowCurrentFolder(_ path: String) -> Bool {
    guard !path.hasPrefix("/"), !path.split(separator: "/").contains(".."),
      let place = resolved(path), let folder = resolved(".")
    else { return false }
    return place.hasPrefix(folder == "/" ? folder : folder + "/")
  }

  private static func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    // SAFETY: realpath returns text that ends in a zero byte and is the caller's to free.
    defer { free(real) }
    return String(cString: real)
  }
}
