public import ProtobufWire

/// Answers a question about the protobuf schema.
public struct ServerReflectionResponse<Package: ReflectionPackage>: Message {
  /// The full protobuf name.
  public static var fullName: String { Package.name + ".ServerReflectionResponse" }

  /// The host name of the request.
  public var validHost = ""
  /// The request.
  public var originalRequest: ServerReflectionRequest<Package>?
  /// The answer.
  public var messageResponse: MessageResponse?

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &validHost)
    try decoder.message(2, &originalRequest)
    try decoder.oneofMessage(4, &messageResponse, MessageResponse.fileDescriptorResponse) {
      if case .fileDescriptorResponse(let value) = $0 { value } else { nil }
    }
    try decoder.oneofMessage(5, &messageResponse, MessageResponse.allExtensionNumbersResponse) {
      if case .allExtensionNumbersResponse(let value) = $0 { value } else { nil }
    }
    try decoder.oneofMessage(6, &messageResponse, MessageResponse.listServicesResponse) {
      if case .listServicesResponse(let value) = $0 { value } else { nil }
    }
    try decoder.oneofMessage(7, &messageResponse, MessageResponse.errorResponse) {
      if case .errorResponse(let value) = $0 { value } else { nil }
    }
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "valid_host", validHost)
    visitor.message(2, "original_request", originalRequest)
    visitor.message(
      4, "file_descriptor_response", fileDescriptorResponse, oneof: "message_response")
    visitor.message(
      5, "all_extension_numbers_response", allExtensionNumbersResponse, oneof: "message_response")
    visitor.message(6, "list_services_response", listServicesResponse, oneof: "message_response")
    visitor.message(7, "error_response", errorResponse, oneof: "message_response")
  }
}

extension ServerReflectionResponse {
  /// An answer.
  public enum MessageResponse: Sendable, Hashable {
    /// The files asked for.
    case fileDescriptorResponse(FileDescriptorResponse<Package>)
    /// The extension numbers asked for.
    case allExtensionNumbersResponse(ExtensionNumberResponse<Package>)
    /// The names of all services.
    case listServicesResponse(ListServiceResponse<Package>)
    /// Why there is no answer.
    case errorResponse(ErrorResponse<Package>)
  }

  /// The member `fileDescriptorResponse` of ``messageResponse``; setting nil clears no other
  /// member.
  public var fileDescriptorResponse: FileDescriptorResponse<Package>? {
    get { if case .fileDescriptorResponse(let value) = messageResponse { value } else { nil } }
    set {
      if let newValue {
        messageResponse = .fileDescriptorResponse(newValue)
      } else if case .fileDescriptorResponse = messageResponse {
        messageResponse = nil
      }
    }
  }

  /// The member `allExtensionNumbersResponse` of ``messageResponse``; setting nil clears no other
  /// member.
  public var allExtensionNumbersResponse: ExtensionNumberResponse<Package>? {
    get { if case .allExtensionNumbersResponse(let value) = messageResponse { value } else { nil } }
    set {
      if let newValue {
        messageResponse = .allExtensionNumbersResponse(newValue)
      } else if case .allExtensionNumbersResponse = messageResponse {
        messageResponse = nil
      }
    }
  }

  /// The member `listServicesResponse` of ``messageResponse``; setting nil clears no other member.
  public var listServicesResponse: ListServiceResponse<Package>? {
    get { if case .listServicesResponse(let value) = messageResponse { value } else { nil } }
    set {
      if let newValue {
        messageResponse = .listServicesResponse(newValue)
      } else if case .listServicesResponse = messageResponse {
        messageResponse = nil
      }
    }
  }

  /// The member `errorResponse` of ``messageResponse``; setting nil clears no other member.
  public var errorResponse: ErrorResponse<Package>? {
    get { if case .errorResponse(let value) = messageResponse { value } else { nil } }
    set {
      if let newValue {
        messageResponse = .errorResponse(newValue)
      } else if case .errorResponse = messageResponse {
        messageResponse = nil
      }
    }
  }
}
