import Foundation
import ProtobufWire
import XCTest

/// The fields of messages as protoc compiles them from the repository's contract.
struct DescriptorSet {
  private var messages: [String: DescriptorProto] = [:]

  /// Compiles the contract of jobs.
  init() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let output = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).pb")
    defer { try? FileManager.default.removeItem(at: output) }
    let protoc = Process()
    protoc.executableURL = URL(filePath: "/usr/bin/env")
    protoc.arguments = [
      "protoc", "--include_imports", "--descriptor_set_out", output.path(), "-I",
      root.appending(path: "Protos").path(), "yandex/cloud/datasphere/v2/jobs/jobs.proto",
    ]
    try protoc.run()
    protoc.waitUntilExit()
    XCTAssertEqual(protoc.terminationStatus, 0, "protoc failed")
    let set = try FileDescriptorSet(serializedBytes: [UInt8](Data(contentsOf: output)))
    for file in set.file {
      for message in file.messageType { add(message, scope: ".\(file.package)") }
    }
  }

  private mutating func add(_ message: DescriptorProto, scope: String) {
    let name = "\(scope).\(message.name)"
    messages[name] = message
    for nested in message.nestedType { add(nested, scope: name) }
  }

  /// The paths of all fields of a message and of those below it, but not of map entries.
  func paths(of message: String) throws -> [String] {
    let descriptor = try XCTUnwrap(messages[message], message)
    return try descriptor.field.flatMap { field -> [String] in
      guard field.type == 11, messages[field.typeName]?.options?.mapEntry != true else {
        return [field.name]
      }
      return try [field.name] + paths(of: field.typeName).map { "\(field.name).\($0)" }
    }
  }
}

// The few fields of descriptor.proto that this takes.

private struct FileDescriptorSet: Message {
  static let fullName = "google.protobuf.FileDescriptorSet"
  var file: [FileDescriptorProto] = []
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.repeatedMessage(1, &file)
  }
  func visitFields<V: FieldVisitor>(_ visitor: inout V) { visitor.repeatedMessage(1, "file", file) }
}

private struct FileDescriptorProto: Message {
  static let fullName = "google.protobuf.FileDescriptorProto"
  var package = ""
  var messageType: [DescriptorProto] = []
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(2, &package)
    try decoder.repeatedMessage(4, &messageType)
  }
  func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(2, "package", package)
    visitor.repeatedMessage(4, "message_type", messageType)
  }
}

private struct DescriptorProto: Message {
  static let fullName = "google.protobuf.DescriptorProto"
  var name = ""
  var field: [FieldDescriptorProto] = []
  var nestedType: [DescriptorProto] = []
  var options: MessageOptions?
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &name)
    try decoder.repeatedMessage(2, &field)
    try decoder.repeatedMessage(3, &nestedType)
    try decoder.message(7, &options)
  }
  func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "name", name)
    visitor.repeatedMessage(2, "field", field)
    visitor.repeatedMessage(3, "nested_type", nestedType)
    visitor.message(7, "options", options)
  }
}

private struct FieldDescriptorProto: Message {
  static let fullName = "google.protobuf.FieldDescriptorProto"
  var name = ""
  var type: Int32 = 0
  var typeName = ""
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &name)
    try decoder.int32(5, &type)
    try decoder.string(6, &typeName)
  }
  func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "name", name)
    visitor.int32(5, "type", type)
    visitor.string(6, "type_name", typeName)
  }
}

private struct MessageOptions: Message {
  static let fullName = "google.protobuf.MessageOptions"
  var mapEntry = false
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.bool(7, &mapEntry)
  }
  func visitFields<V: FieldVisitor>(_ visitor: inout V) { visitor.bool(7, "map_entry", mapEntry) }
}
