import Foundation
import ProtobufWire

@testable import JobService

/// Compiled .proto files, made by protoc.
enum DescriptorFiles {
  struct ProtocFailed: Error { let output: String }

  static let protos = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent()  // Support
    .deletingLastPathComponent()  // JobServiceTests
    .deletingLastPathComponent()  // Tests
    .deletingLastPathComponent()
    .appending(path: "Protos").resolvingSymlinksInPath()

  /// The name of a compiled file.
  static func name(of file: [UInt8]) throws -> String {
    try FileDescriptorProto(serializedBytes: file).name
  }

  /// Compiles these sources, by file name, into a descriptor set.
  static func compile(_ sources: [String: String]) throws -> [UInt8] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, source) in sources {
      try Data(source.utf8).write(to: folder.appending(path: name))
    }
    return try compile(sources.keys.sorted(), in: folder)
  }

  /// Compiles the files of `Protos/` with all that they import.
  static func compileContract() throws -> [UInt8] {
    let all = try FileManager.default.subpathsOfDirectory(atPath: protos.path)
    return try compile(all.filter { $0.hasSuffix(".proto") }.sorted(), in: protos)
  }

  private static func compile(_ files: [String], in folder: URL) throws -> [UInt8] {
    let output = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).descriptors")
    defer { try? FileManager.default.removeItem(at: output) }
    let process = Process()
    let errors = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.currentDirectoryURL = folder
    process.arguments =
      ["protoc", "--include_imports", "--descriptor_set_out=\(output.path)", "-I", "."] + files
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
