import Foundation
import MessageJSON
import ProtobufWire
import XCTest

/// The risk: a message type that an `Any` cannot hold because the registry forgot it.
final class MessageRegistryTests: XCTestCase {
  func testEveryMessageOfTheContractIsThere() throws {
    let names = try contractNames()
    XCTAssertGreaterThan(names.count, 80)
    let registered = Set(MessageRegistry.all.map { $0.fullName })
    XCTAssertEqual(names.subtracting(registered), [], "not in the registry")
    // What is left over is not declared by the contract but by the files that it imports.
    for name in registered.subtracting(names) {
      XCTAssertTrue(name.hasPrefix("google.protobuf."), name)
    }
  }

  func testEveryFieldsTypeIsThere() {
    for type in MessageRegistry.all {
      for case .message(let type) in type.fieldSchemas.map(\.kind) {
        XCTAssertNotNil(MessageRegistry.type(named: type.fullName), type.fullName)
      }
    }
  }

  func testFindsByName() {
    XCTAssertTrue(
      MessageRegistry.type(named: "google.protobuf.Any")?.fullName == "google.protobuf.Any")
    XCTAssertNil(MessageRegistry.type(named: "google.protobuf.Struct"))
    XCTAssertNil(MessageRegistry.type(named: ""))
  }

  /// The full names of all messages that `Protos/` declares, as protoc lists them.
  private func contractNames() throws -> Set<String> {
    let all = try FileManager.default.subpathsOfDirectory(atPath: RepositoryFiles.protos.path)
    let output = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).descriptors")
    defer { try? FileManager.default.removeItem(at: output) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.currentDirectoryURL = RepositoryFiles.protos
    process.arguments =
      ["protoc", "--descriptor_set_out=\(output.path)", "-I", "."]
      + all.filter { $0.hasSuffix(".proto") }
    try process.run()
    process.waitUntilExit()
    XCTAssertEqual(process.terminationStatus, 0)
    let set = try Scope.FileSet(serializedBytes: [UInt8](Data(contentsOf: output)))
    return Set(set.files.flatMap { file in file.messages.flatMap { $0.names(in: file.name) } })
  }
}

/// The names in google/protobuf/descriptor.proto, all that is read of it here.
private enum Scope {
  struct FileSet: Message {
    static let fullName = "google.protobuf.FileDescriptorSet"
    var files: [File] = []
    var unknownFields = UnknownFields()

    mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
      try decoder.repeatedMessage(1, &files)
    }
    func visitFields<V: FieldVisitor>(_ visitor: inout V) {}
  }

  struct File: Message {
    static let fullName = "google.protobuf.FileDescriptorProto"
    var name = ""
    var messages: [Nested] = []
    var unknownFields = UnknownFields()

    mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
      try decoder.string(2, &name)
      try decoder.repeatedMessage(4, &messages)
    }
    func visitFields<V: FieldVisitor>(_ visitor: inout V) {}
  }

  struct Nested: Message {
    static let fullName = "google.protobuf.DescriptorProto"
    var name = ""
    var nested: [Nested] = []
    /// Only what protoc makes up for a map has options here.
    var options: [UInt8] = []
    var unknownFields = UnknownFields()

    mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
      try decoder.string(1, &name)
      try decoder.repeatedMessage(3, &nested)
      try decoder.bytes(7, &options)
    }
    func visitFields<V: FieldVisitor>(_ visitor: inout V) {}

    func names(in scope: String) -> [String] {
      let name = "\(scope).\(name)"
      let isMapEntry = options == [0x38, 1]
      return isMapEntry ? [] : [name] + nested.flatMap { $0.names(in: name) }
    }
  }
}
