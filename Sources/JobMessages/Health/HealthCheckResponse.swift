public import ProtobufWire

/// Whether a service is being served.
public struct HealthCheckResponse: Message {
  /// The full protobuf name.
  public static let fullName = "grpc.health.v1.HealthCheckResponse"

  /// The state of the service.
  public var status = ServingStatus(rawValue: 0)

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Creates the message from its fields.
  public init(status: ServingStatus) {
    self.status = status
  }

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.enumeration(1, &status)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.enumeration(1, "status", status)
  }
}

extension HealthCheckResponse {
  /// The state of a service.
  public struct ServingStatus: OpenEnum {
    /// The full protobuf name.
    public static let fullName = "grpc.health.v1.HealthCheckResponse.ServingStatus"
    /// The declared values by their protobuf names.
    public static let names: KeyValuePairs<String, Self> = [
      "UNKNOWN": .unknown,
      "SERVING": .serving,
      "NOT_SERVING": .notServing,
      "SERVICE_UNKNOWN": .serviceUnknown,
    ]

    /// Not known.
    public static let unknown = Self(rawValue: 0)
    /// It answers.
    public static let serving = Self(rawValue: 1)
    /// It does not answer.
    public static let notServing = Self(rawValue: 2)
    /// The server has no such service; told to watchers only.
    public static let serviceUnknown = Self(rawValue: 3)

    /// The number on the wire.
    public var rawValue: Int32

    /// Creates the value with this number, declared or not.
    public init(rawValue: Int32) { self.rawValue = rawValue }
  }
}
