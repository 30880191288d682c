public import ProtobufWire

/// A message of a job's logs.
public struct LogMessage: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.LogMessage"

  /// The bytes as written.
  public var content: [UInt8] = []
  /// When it was written.
  public var createdAt: ProtobufTimestamp?
  /// Where the message was written.
  public var source: Source?

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.bytes(1, &content)
    try decoder.message(2, &createdAt)
    try decoder.oneofEnumeration(3) { source = .standardStream($0) }
    try decoder.oneofString(4) { source = .filePath($0) }
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.bytes(1, "content", content)
    visitor.message(2, "created_at", createdAt)
    visitor.optionalEnumeration(3, "standard_stream", standardStream, oneof: "source")
    visitor.optionalString(4, "file_path", filePath, oneof: "source")
  }
}

extension LogMessage {
  /// Where a message was written.
  public enum Source: Sendable, Hashable {
    /// The standard stream it was written to.
    case standardStream(StandardStream)
    /// The log file it was written to.
    case filePath(String)
  }

  /// The member `standardStream` of ``source``; setting nil clears no other member.
  public var standardStream: StandardStream? {
    get { if case .standardStream(let value) = source { value } else { nil } }
    set {
      if let newValue {
        source = .standardStream(newValue)
      } else if case .standardStream = source {
        source = nil
      }
    }
  }

  /// The member `filePath` of ``source``; setting nil clears no other member.
  public var filePath: String? {
    get { if case .filePath(let value) = source { value } else { nil } }
    set {
      if let newValue {
        source = .filePath(newValue)
      } else if case .filePath = source {
        source = nil
      }
    }
  }
}
