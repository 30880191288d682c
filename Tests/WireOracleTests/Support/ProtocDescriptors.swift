import Foundation

/// Compiles the contract with protoc.
enum ProtocDescriptors {
  struct ProtocFailed: Error { let output: String }

  /// The descriptor set of all files in `Protos/` and what they import.
  static func load() throws -> [UInt8] {
    let output = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).descriptors")
    defer { try? FileManager.default.removeItem(at: output) }
    let process = Process()
    let errors = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.currentDirectoryURL = RepositoryFiles.protos
    process.arguments =
      ["protoc", "--include_imports", "--descriptor_set_out=\(output.path)", "-I", "."]
      + (try RepositoryFiles.protoFiles())
    process.standardError = errors
    try process.run()
    let text = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw ProtocFailed(output: String(decoding: text, as: UTF8.self))
    }
    return [UInt8](try Data(contentsOf: output))
  }
}
