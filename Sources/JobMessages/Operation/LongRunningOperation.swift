public import ProtobufWire

/// Work that may outlast the call that began it, and its outcome.
public struct LongRunningOperation: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.operation.Operation"

  /// The id of the operation.
  public var id = ""
  /// What the work is, for people to read.
  public var description = ""
  /// When it was created.
  public var createdAt: ProtobufTimestamp?
  /// The id of the user who began it.
  public var createdBy = ""
  /// When it last changed.
  public var modifiedAt: ProtobufTimestamp?
  /// Whether there is an outcome.
  public var done = false
  /// What the work is about; its type depends on the call.
  public var metadata: ProtobufAny?
  /// The outcome; nil until `done`.
  public var result: Result?

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &id)
    try decoder.string(2, &description)
    try decoder.message(3, &createdAt)
    try decoder.string(4, &createdBy)
    try decoder.message(5, &modifiedAt)
    try decoder.bool(6, &done)
    try decoder.message(7, &metadata)
    try decoder.oneofMessage(8, &result, Result.error) {
      if case .error(let value) = $0 { value } else { nil }
    }
    try decoder.oneofMessage(9, &result, Result.response) {
      if case .response(let value) = $0 { value } else { nil }
    }
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "id", id)
    visitor.string(2, "description", description)
    visitor.message(3, "created_at", createdAt)
    visitor.string(4, "created_by", createdBy)
    visitor.message(5, "modified_at", modifiedAt)
    visitor.bool(6, "done", done)
    visitor.message(7, "metadata", metadata)
    visitor.message(8, "error", error, oneof: "result")
    visitor.message(9, "response", response, oneof: "result")
  }
}

extension LongRunningOperation {
  /// How an operation ended.
  public enum Result: Sendable, Hashable {
    /// Why the work failed.
    case error(GoogleRPCStatus)
    /// What the work resulted in; its type depends on the call.
    case response(ProtobufAny)
  }

  /// The member `error` of ``result``; setting nil clears no other member.
  public var error: GoogleRPCStatus? {
    get { if case .error(let value) = result { value } else { nil } }
    set {
      if let newValue {
        result = .error(newValue)
      } else if case .error = result {
        result = nil
      }
    }
  }

  /// The member `response` of ``result``; setting nil clears no other member.
  public var response: ProtobufAny? {
    get { if case .response(let value) = result { value } else { nil } }
    set {
      if let newValue {
        result = .response(newValue)
      } else if case .response = result {
        result = nil
      }
    }
  }
}
