public import ProtobufWire

/// Asks a server about its own protobuf schema.
public struct ServerReflectionRequest<Package: ReflectionPackage>: Message {
  /// The full protobuf name.
  public static var fullName: String { Package.name + ".ServerReflectionRequest" }

  /// The host name that the client dialled.
  public var host = ""
  /// What is asked.
  public var messageRequest: MessageRequest?

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &host)
    try decoder.oneofString(3) { messageRequest = .fileByFilename($0) }
    try decoder.oneofString(4) { messageRequest = .fileContainingSymbol($0) }
    try decoder.oneofMessage(5, &messageRequest, MessageRequest.fileContainingExtension) {
      if case .fileContainingExtension(let value) = $0 { value } else { nil }
    }
    try decoder.oneofString(6) { messageRequest = .allExtensionNumbersOfType($0) }
    try decoder.oneofString(7) { messageRequest = .listServices($0) }
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "host", host)
    visitor.optionalString(3, "file_by_filename", fileByFilename, oneof: "message_request")
    visitor.optionalString(
      4, "file_containing_symbol", fileContainingSymbol, oneof: "message_request")
    visitor.message(
      5, "file_containing_extension", fileContainingExtension, oneof: "message_request")
    visitor.optionalString(
      6, "all_extension_numbers_of_type", allExtensionNumbersOfType, oneof: "message_request")
    visitor.optionalString(7, "list_services", listServices, oneof: "message_request")
  }
}

extension ServerReflectionRequest {
  /// What is asked.
  public enum MessageRequest: Sendable, Hashable {
    /// Asks for the file with this name.
    case fileByFilename(String)
    /// Asks for the file that declares this full name.
    case fileContainingSymbol(String)
    /// Asks for the file that declares this extension.
    case fileContainingExtension(ExtensionRequest<Package>)
    /// Asks for the numbers of all extensions of this message.
    case allExtensionNumbersOfType(String)
    /// Asks for the names of all services; the value means nothing.
    case listServices(String)
  }

  /// The member `fileByFilename` of ``messageRequest``; setting nil clears no other member.
  public var fileByFilename: String? {
    get { if case .fileByFilename(let value) = messageRequest { value } else { nil } }
    set {
      if let newValue {
        messageRequest = .fileByFilename(newValue)
      } else if case .fileByFilename = messageRequest {
        messageRequest = nil
      }
    }
  }

  /// The member `fileContainingSymbol` of ``messageRequest``; setting nil clears no other member.
  public var fileContainingSymbol: String? {
    get { if case .fileContainingSymbol(let value) = messageRequest { value } else { nil } }
    set {
      if let newValue {
        messageRequest = .fileContainingSymbol(newValue)
      } else if case .fileContainingSymbol = messageRequest {
        messageRequest = nil
      }
    }
  }

  /// The member `fileContainingExtension` of ``messageRequest``; setting nil clears no other
  /// member.
  public var fileContainingExtension: ExtensionRequest<Package>? {
    get { if case .fileContainingExtension(let value) = messageRequest { value } else { nil } }
    set {
      if let newValue {
        messageRequest = .fileContainingExtension(newValue)
      } else if case .fileContainingExtension = messageRequest {
        messageRequest = nil
      }
    }
  }

  /// The member `allExtensionNumbersOfType` of ``messageRequest``; setting nil clears no other
  /// member.
  public var allExtensionNumbersOfType: String? {
    get { if case .allExtensionNumbersOfType(let value) = messageRequest { value } else { nil } }
    set {
      if let newValue {
        messageRequest = .allExtensionNumbersOfType(newValue)
      } else if case .allExtensionNumbersOfType = messageRequest {
        messageRequest = nil
      }
    }
  }

  /// The member `listServices` of ``messageRequest``; setting nil clears no other member.
  public var listServices: String? {
    get { if case .listServices(let value) = messageRequest { value } else { nil } }
    set {
      if let newValue {
        messageRequest = .listServices(newValue)
      } else if case .listServices = messageRequest {
        messageRequest = nil
      }
    }
  }
}
