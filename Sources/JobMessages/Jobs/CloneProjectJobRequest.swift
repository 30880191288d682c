public import ProtobufWire

/// Asks for a new job made from a stored one.
public struct CloneProjectJobRequest: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.CloneProjectJobRequest"

  /// The id of the job to clone.
  public var sourceJobID = ""
  /// What to change in the source job's parameters; what is not set stays.
  public var jobParametersOverrides: JobParameters?
  /// The name of the new job; empty takes the source's.
  public var name = ""
  /// Free text about the new job; empty takes the source's.
  public var desc = ""
  /// How long the job's data are kept; nil leaves it to the server.
  public var dataTtl: ProtobufDuration?

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &sourceJobID)
    try decoder.message(2, &jobParametersOverrides)
    try decoder.string(3, &name)
    try decoder.string(4, &desc)
    try decoder.message(5, &dataTtl)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "source_job_id", sourceJobID)
    visitor.message(2, "job_parameters_overrides", jobParametersOverrides)
    visitor.string(3, "name", name)
    visitor.string(4, "desc", desc)
    visitor.message(5, "data_ttl", dataTtl)
  }
}
