internal import ArgumentParser
internal import MessageJSON
internal import ProtobufWire
internal import Safeguards

/// A message in a file of proto3 JSON, or on standard input as `-`.
enum JSONFile {
  /// Reads the message; an error names the file and the place.
  static func read<M: Message>(_ path: String, as type: M.Type) throws -> M {
    let data = try InputFile.read(path, what: "The file")
    do {
      return try M(jsonBytes: [UInt8](data))
    } catch {
      throw ValidationError("\(quotedIfUnsafe(path)) is not a \(M.fullName): \(error)")
    }
  }
}
