public import ProtobufWire

/// A Docker image in a registry, with the credentials to pull it.
public struct DockerImageSpec: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.DockerImageSpec"

  /// The reference of the image, registry and tag included.
  public var imageURL = ""
  /// The user name at the registry.
  public var username = ""
  /// The password at the registry; nil for a public image.
  public var password: Password?

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &imageURL)
    try decoder.string(2, &username)
    try decoder.oneofString(3) { password = .plainText($0) }
    try decoder.oneofString(4) { password = .dsSecretName($0) }
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "image_url", imageURL)
    visitor.string(2, "username", username)
    visitor.optionalString(
      3, "password_plain_text", passwordPlainText, oneof: "password", secret: true)
    visitor.optionalString(4, "password_ds_secret_name", passwordDsSecretName, oneof: "password")
  }
}

extension DockerImageSpec {
  /// A password, or where it is kept.
  public enum Password: Sendable, Hashable {
    /// The password itself; descriptions hide it.
    case plainText(String)
    /// The name of the secret of the project that holds the password.
    case dsSecretName(String)
  }

  /// The member `passwordPlainText` of ``password``; setting nil clears no other member.
  public var passwordPlainText: String? {
    get { if case .plainText(let value) = password { value } else { nil } }
    set {
      if let newValue {
        password = .plainText(newValue)
      } else if case .plainText = password {
        password = nil
      }
    }
  }

  /// The member `passwordDsSecretName` of ``password``; setting nil clears no other member.
  public var passwordDsSecretName: String? {
    get { if case .dsSecretName(let value) = password { value } else { nil } }
    set {
      if let newValue {
        password = .dsSecretName(newValue)
      } else if case .dsSecretName = password {
        password = nil
      }
    }
  }
}

extension DockerImageSpec.Password: CustomStringConvertible, CustomReflectable {
  /// The case and, unless it is the password itself, its value.
  public var description: String {
    switch self {
    case .plainText: "plainText(\"<redacted>\")"
    case .dsSecretName(let name): "dsSecretName(\"\(name)\")"
    }
  }

  /// A mirror without children: what reflects shows ``description`` alone.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
