public import ProtobufWire

/// The Python packages and modules that a job needs.
public struct PythonEnv: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.PythonEnv"

  /// Conda's environment file, its text.
  public var condaYaml = ""
  /// The user's own modules, as files.
  public var localModules: [File] = []
  /// The version of Python, such as `3.11`.
  public var pythonVersion = ""
  /// Requirements in the syntax of pip.
  public var requirements: [String] = []
  /// Options for pip.
  public var pipOptions: PipOptions?

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &condaYaml)
    try decoder.repeatedMessage(2, &localModules)
    try decoder.string(3, &pythonVersion)
    try decoder.repeatedString(4, &requirements)
    try decoder.message(5, &pipOptions)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "conda_yaml", condaYaml)
    visitor.repeatedMessage(2, "local_modules", localModules)
    visitor.string(3, "python_version", pythonVersion)
    visitor.repeatedString(4, "requirements", requirements)
    visitor.message(5, "pip_options", pipOptions)
  }
}
