internal import ArgumentParser
internal import Foundation
internal import MessageJSON
internal import ProtobufWire

/// A message in a file of proto3 JSON, or on standard input as `-`.
enum JSONFile {
  /// Reads the message; an error names the file and the place.
  static func read<M: Message>(_ path: String, as type: M.Type) throws -> M {
    let data: Data
    do {
      data =
        path == "-"
        ? try FileHandle.standardInput.readToEnd() ?? Data()
        : try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw ValidationError("\(path) cannot be read.")
    }
    do {
      return try M(jsonBytes: [UInt8](data))
    } catch {
      throw ValidationError("\(path) is not a \(M.fullName): \(error)")
    }
  }
}
