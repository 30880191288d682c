public import ProtobufWire

/// Options of pip when it installs requirements.
public struct PipOptions: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.PipOptions"

  /// The URL of the package index; empty for the standard one.
  public var indexURL = ""
  /// The URLs of further package indexes.
  public var extraIndexUrls: [String] = []
  /// Hosts to accept without verified TLS.
  public var trustedHosts: [String] = []
  /// Whether to install no dependencies.
  public var noDeps = false

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &indexURL)
    try decoder.repeatedString(2, &extraIndexUrls)
    try decoder.repeatedString(3, &trustedHosts)
    try decoder.bool(4, &noDeps)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "index_url", indexURL)
    visitor.repeatedString(2, "extra_index_urls", extraIndexUrls)
    visitor.repeatedString(3, "trusted_hosts", trustedHosts)
    visitor.bool(4, "no_deps", noDeps)
  }
}
