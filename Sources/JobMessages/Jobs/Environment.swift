public import ProtobufWire

/// The environment that a command runs in.
public struct Environment: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.Environment"

  /// Environment variables by name.
  public var vars = StringMap()
  /// The Docker image to run in; nil is the standard one.
  public var dockerImage: DockerImage?
  /// The Python environment.
  public var pythonEnv: PythonEnv?

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.map(1, &vars)
    try decoder.oneofString(2) { dockerImage = .resourceID($0) }
    try decoder.oneofMessage(3, &dockerImage, DockerImage.spec) {
      if case .spec(let value) = $0 { value } else { nil }
    }
    try decoder.message(4, &pythonEnv)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.map(1, "vars", vars)
    visitor.optionalString(
      2, "docker_image_resource_id", dockerImageResourceID, oneof: "docker_image")
    visitor.message(3, "docker_image_spec", dockerImageSpec, oneof: "docker_image")
    visitor.message(4, "python_env", pythonEnv)
  }
}

extension Environment {
  /// Which Docker image to run in.
  public enum DockerImage: Sendable, Hashable {
    /// The id of a Docker image resource of the project.
    case resourceID(String)
    /// A Docker image in a registry.
    case spec(DockerImageSpec)
  }

  /// The member `dockerImageResourceID` of ``dockerImage``; setting nil clears no other member.
  public var dockerImageResourceID: String? {
    get { if case .resourceID(let value) = dockerImage { value } else { nil } }
    set {
      if let newValue {
        dockerImage = .resourceID(newValue)
      } else if case .resourceID = dockerImage {
        dockerImage = nil
      }
    }
  }

  /// The member `dockerImageSpec` of ``dockerImage``; setting nil clears no other member.
  public var dockerImageSpec: DockerImageSpec? {
    get { if case .spec(let value) = dockerImage { value } else { nil } }
    set {
      if let newValue {
        dockerImage = .spec(newValue)
      } else if case .spec = dockerImage {
        dockerImage = nil
      }
    }
  }
}
