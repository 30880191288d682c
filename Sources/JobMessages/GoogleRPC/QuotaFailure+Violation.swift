public import ProtobufWire

extension QuotaFailure {
  /// A quota that a request would exceed.
  public struct Violation: Message {
    /// The full protobuf name.
    public static let fullName = "google.rpc.QuotaFailure.Violation"

    /// Whose quota it is.
    public var subject = ""
    /// What was exceeded, for people to read.
    public var description = ""
    /// The service that the quota comes from.
    public var apiService = ""
    /// What the quota counts.
    public var quotaMetric = ""
    /// The id of the quota.
    public var quotaID = ""
    /// The dimensions that the quota is set for.
    public var quotaDimensions = StringMap()
    /// The quota in force.
    public var quotaValue: Int64 = 0
    /// The quota that is being rolled out.
    public var futureQuotaValue: Int64?

    /// The fields that this type does not know, kept as they came.
    public var unknownFields = UnknownFields()

    /// Creates the message with no field set.
    public init() {}

    /// Reads the fields, as `Message` lays down.
    public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
      try decoder.string(1, &subject)
      try decoder.string(2, &description)
      try decoder.string(3, &apiService)
      try decoder.string(4, &quotaMetric)
      try decoder.string(5, &quotaID)
      try decoder.map(6, &quotaDimensions)
      try decoder.int64(7, &quotaValue)
      try decoder.optionalInt64(8, &futureQuotaValue)
    }

    /// Shows the fields, as `Message` lays down.
    @inlinable
    public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
      visitor.string(1, "subject", subject)
      visitor.string(2, "description", description)
      visitor.string(3, "api_service", apiService)
      visitor.string(4, "quota_metric", quotaMetric)
      visitor.string(5, "quota_id", quotaID)
      visitor.map(6, "quota_dimensions", quotaDimensions)
      visitor.int64(7, "quota_value", quotaValue)
      visitor.optionalInt64(8, "future_quota_value", futureQuotaValue, oneof: "_future_quota_value")
    }
  }
}
