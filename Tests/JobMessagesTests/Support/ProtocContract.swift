import Foundation
import ProtobufWire

/// The types that `Protos/` declares, as protoc understands them, one text a field or value.
struct ProtocContract {
  /// By the message's full name; a row reads `2 docker_image_resource_id string oneof docker_image`.
  private(set) var messages: [String: [String]] = [:]
  /// By the enum's full name; a row reads `1 CREATING`.
  private(set) var enums: [String: [String]] = [:]
  /// Top-level messages of files outside `Protos/`, by full name.
  private var importedTypes: Set<String> = []

  struct ProtocFailed: Error { let output: String }

  /// Runs protoc over all .proto files and tabulates what it found.
  init() throws {
    let files = try RepositoryFiles.protoFiles()
    let set = try FileDescriptorSet(serializedBytes: Self.protoc(files))
    for file in set.file {
      for message in file.messageType { add(message, in: file.package) }
      for enumeration in file.enumType { add(enumeration, in: file.package) }
      if !files.contains(file.name) {
        importedTypes.formUnion(file.messageType.map { "\(file.package).\($0.name)" })
      }
    }
  }

  /// The messages of `Protos/` and those of imported files that its fields or `used` name.
  func messagesInUse(and used: Set<String>) -> [String: [String]] {
    let rows = messages.filter { !importedTypes.contains($0.key) }.values.joined()
    let named = Set(rows.flatMap { $0.split(separator: " ").map(String.init) })
    return messages.filter { name, _ in
      !importedTypes.contains(name) || named.contains(name) || used.contains(name)
    }
  }

  private mutating func add(_ message: DescriptorProto, in scope: String) {
    let name = "\(scope).\(message.name)"
    let entries = message.nestedType.filter { $0.options?.mapEntry == true }
    let maps = Dictionary(
      uniqueKeysWithValues: entries.map { entry in
        (".\(name).\(entry.name)", entry.field.map { Self.typeName($0) }.joined(separator: ", "))
      })
    messages[name] = message.field.sorted { $0.number < $1.number }.map { field in
      var row = "\(field.number) \(field.name)"
      if let types = maps[field.typeName] {
        row += " map<\(types)>"
      } else {
        row += (field.label == 3 ? " repeated " : " ") + Self.typeName(field)
      }
      if let index = field.oneofIndex { row += " oneof \(message.oneofDecl[Int(index)].name)" }
      return row
    }
    for nested in message.nestedType where nested.options?.mapEntry != true {
      add(nested, in: name)
    }
    for nested in message.enumType { add(nested, in: name) }
  }

  private mutating func add(_ enumeration: EnumDescriptorProto, in scope: String) {
    enums["\(scope).\(enumeration.name)"] = enumeration.value.map { "\($0.number) \($0.name)" }
  }

  private static func typeName(_ field: FieldDescriptorProto) -> String {
    switch field.type {
    case 3: "int64"
    case 5: "int32"
    case 8: "bool"
    case 9: "string"
    case 12: "bytes"
    case 11: "message " + field.typeName.dropFirst()
    case 14: "enum " + field.typeName.dropFirst()
    default: "type \(field.type), which no Swift message can have"
    }
  }

  private static func protoc(_ files: [String]) throws -> [UInt8] {
    let output = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).descriptors")
    defer { try? FileManager.default.removeItem(at: output) }
    let process = Process()
    let errors = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.currentDirectoryURL = RepositoryFiles.protos
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
