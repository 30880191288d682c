public import ProtobufWire

/// A project, which jobs belong to.
public struct Project: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.Project"

  /// The id, assigned by the server.
  public var id = ""
  /// When it was created.
  public var createdAt: ProtobufTimestamp?
  /// The name of the project.
  public var name = ""
  /// Free text about the project.
  public var description = ""
  /// Key-value pairs chosen by the user.
  public var labels = StringMap()
  /// The id of the user who created it.
  public var createdByID = ""
  /// How the project is set up.
  public var settings: Settings?
  /// What the project may use.
  public var limits: Limits?
  /// The id of the community that the project belongs to.
  public var communityID = ""

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &id)
    try decoder.message(2, &createdAt)
    try decoder.string(3, &name)
    try decoder.string(4, &description)
    try decoder.map(5, &labels)
    try decoder.string(6, &createdByID)
    try decoder.message(7, &settings)
    try decoder.message(8, &limits)
    try decoder.string(11, &communityID)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "id", id)
    visitor.message(2, "created_at", createdAt)
    visitor.string(3, "name", name)
    visitor.string(4, "description", description)
    visitor.map(5, "labels", labels)
    visitor.string(6, "created_by_id", createdByID)
    visitor.message(7, "settings", settings)
    visitor.message(8, "limits", limits)
    visitor.string(11, "community_id", communityID)
  }
}
