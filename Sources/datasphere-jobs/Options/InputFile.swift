internal import ArgumentParser
internal import Foundation
internal import Safeguards

/// A file that a command reads, or standard input.
enum InputFile {
  /// All bytes at this path, `-` for standard input.
  ///
  /// - Parameter what: what errors call the file, as in `The file of overrides`.
  /// - Throws: `ValidationError` with the reason when it cannot be read.
  static func read(_ path: String, what: String) throws -> Data {
    do {
      return path == "-"
        ? try FileHandle.standardInput.readToEnd() ?? Data()
        : try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw ValidationError(
        "\(what) \(quotedIfUnsafe(path)) cannot be read: \(reason(of: error, path)).")
    }
  }

  /// What the system says, in its own words.
  private static func reason(of error: any Error, _ path: String) -> String {
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory),
      isDirectory.boolValue
    {
      return "it is a directory"
    }
    let error = error as NSError
    if let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError,
      cause.domain == NSPOSIXErrorDomain
    {
      return String(cString: strerror(Int32(cause.code))).lowercased()
    }
    switch CocoaError.Code(rawValue: error.code) {
    case .fileReadNoSuchFile, .fileNoSuchFile: return "no such file or directory"
    case .fileReadNoPermission: return "permission denied"
    default: return error.localizedDescription
    }
  }
}
