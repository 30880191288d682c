internal import ProtobufWire

/// Compiled .proto files, found by their names and by what they declare.
struct DescriptorIndex: Sendable {
  private struct File {
    let bytes: [UInt8]
    let dependencies: [String]
  }

  private struct ExtensionKey: Hashable {
    let extendee: String
    let number: Int32
  }

  private var files: [String: File] = [:]
  /// The file of every package-qualified name: messages, fields, oneofs, enums and their values,
  /// services, methods, extensions.
  private var fileOfSymbol: [String: String] = [:]
  private var messages: Set<String> = []
  private var fileOfExtension: [ExtensionKey: String] = [:]
  private var numbersOfExtendee: [String: [Int32]] = [:]

  /// Adds the files of a serialized `google.protobuf.FileDescriptorSet`.
  ///
  /// A file whose name is there already is left out: sets share what they import.
  mutating func add(fileDescriptorSet bytes: [UInt8]) throws(WireError) {
    for bytes in try FileDescriptorSet(serializedBytes: bytes).file {
      let file = try FileDescriptorProto(serializedBytes: bytes)
      guard files[file.name] == nil else { continue }
      files[file.name] = File(bytes: bytes, dependencies: file.dependency)
      add(file)
    }
  }

  // MARK: - Answers

  /// The file with this name first, then all that it imports, directly or not; nil: there is none.
  func files(withName name: String) -> [[UInt8]]? {
    guard files[name] != nil else { return nil }
    var seen: Set<String> = [name]
    var names = [name]
    var found: [[UInt8]] = []
    while found.count < names.count {
      let file = files[names[found.count]]
      found.append(file?.bytes ?? [])
      names += (file?.dependencies ?? []).filter { files[$0] != nil && seen.insert($0).inserted }
    }
    return found
  }

  /// The same for the file that declares a fully qualified name.
  func files(declaring symbol: String) -> [[UInt8]]? {
    fileOfSymbol[symbol].flatMap(files(withName:))
  }

  /// The same for the file that declares an extension.
  func files(extending message: String, number: Int32) -> [[UInt8]]? {
    fileOfExtension[ExtensionKey(extendee: message, number: number)].flatMap(files(withName:))
  }

  /// The numbers of a message's extensions, ascending; nil: there is no such message.
  func extensionNumbers(of message: String) -> [Int32]? {
    guard messages.contains(message) else { return nil }
    return (numbersOfExtendee[message] ?? []).sorted()
  }

  // MARK: - Building

  private mutating func add(_ file: FileDescriptorProto) {
    let scope = file.package.isEmpty ? "" : file.package + "."
    for message in file.messageType { add(message, in: scope, of: file.name) }
    for enumeration in file.enumType { add(enumeration, in: scope, of: file.name) }
    for field in file.extension { add(extension: field, in: scope, of: file.name) }
    for service in file.service {
      fileOfSymbol[scope + service.name] = file.name
      for method in service.method {
        fileOfSymbol["\(scope)\(service.name).\(method.name)"] = file.name
      }
    }
  }

  private mutating func add(_ message: DescriptorProto, in scope: String, of file: String) {
    let name = scope + message.name
    messages.insert(name)
    fileOfSymbol[name] = file
    for field in message.field { fileOfSymbol["\(name).\(field.name)"] = file }
    for oneof in message.oneofDecl { fileOfSymbol["\(name).\(oneof.name)"] = file }
    for nested in message.nestedType { add(nested, in: name + ".", of: file) }
    for enumeration in message.enumType { add(enumeration, in: name + ".", of: file) }
    for field in message.extension { add(extension: field, in: name + ".", of: file) }
  }

  private mutating func add(_ enumeration: EnumDescriptorProto, in scope: String, of file: String) {
    fileOfSymbol[scope + enumeration.name] = file
    // Values are named beside their enum, not within it.
    for value in enumeration.value { fileOfSymbol[scope + value.name] = file }
  }

  private mutating func add(
    extension field: FieldDescriptorProto, in scope: String, of file: String
  ) {
    fileOfSymbol[scope + field.name] = file
    let extendee = String(field.extendee.drop { $0 == "." })
    fileOfExtension[ExtensionKey(extendee: extendee, number: field.number)] = file
    numbersOfExtendee[extendee, default: []].append(field.number)
  }
}
