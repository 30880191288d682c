internal import JobClient
internal import UnixSignals

/// A job that is made while its files are not all there: which one, why, and how to go on.
struct UploadFailure: Error, CustomStringConvertible {
  /// What ended the upload.
  enum Cause: Sendable {
    case failed(LocalFileError)
    case interrupted(UnixSignal)
  }

  let description: String

  /// - Parameters:
  ///   - cause: what ended the upload.
  ///   - jobID: the job.
  ///   - files: where its files are, as the user wrote it.
  ///   - flags: what reaches the same server again.
  init(_ cause: Cause, jobID: String, files: [String], flags: [String]) {
    let reason =
      switch cause {
      case .failed(let error): error.description
      case .interrupted(let signal): "The upload was interrupted by \(signal)."
      }
    // Others are found below the current folder.
    let named = files.filter { !UploadCommand.isBelowCurrentFolder($0) }
    let command = [CommandLine.arguments[0], "upload", jobID] + named + flags
    description = """
      \(reason)
      Job \(jobID) is made, but not all of its files are uploaded. To send what is missing:
        \(command.map(Self.shellWord).joined(separator: " "))
      """
  }

  /// A word as a shell reads it back.
  static func shellWord(_ word: String) -> String {
    let isPlain =
      !word.isEmpty
      && word.utf8.allSatisfy { byte in
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
          || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
          || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "-_./:=@%+,".utf8.contains(byte)
      }
    return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
