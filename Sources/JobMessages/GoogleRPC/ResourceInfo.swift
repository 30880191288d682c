public import ProtobufWire

/// The resource that an error is about.
public struct ResourceInfo: Message {
  /// The full protobuf name.
  public static let fullName = "google.rpc.ResourceInfo"

  /// The type of the resource.
  public var resourceType = ""
  /// The name or id of the resource.
  public var resourceName = ""
  /// Who owns the resource.
  public var owner = ""
  /// What went wrong with it, for people to read.
  public var description = ""

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Creates the message from its fields.
  public init(
    resourceType: String, resourceName: String, owner: String = "", description: String = ""
  ) {
    self.resourceType = resourceType
    self.resourceName = resourceName
    self.owner = owner
    self.description = description
  }

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &resourceType)
    try decoder.string(2, &resourceName)
    try decoder.string(3, &owner)
    try decoder.string(4, &description)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "resource_type", resourceType)
    visitor.string(2, "resource_name", resourceName)
    visitor.string(3, "owner", owner)
    visitor.string(4, "description", description)
  }
}
