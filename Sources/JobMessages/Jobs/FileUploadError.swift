public import ProtobufWire

/// Why a file of a job could not be stored.
public struct FileUploadError: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.FileUploadError"

  /// The file that failed.
  public var fileType: FileType?
  /// What went wrong, for people to read.
  public var description = ""
  /// The kind of failure.
  public var type = ErrorType(rawValue: 0)

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.oneofMessage(1, &fileType, FileType.outputFileDesc) {
      if case .outputFileDesc(let value) = $0 { value } else { nil }
    }
    try decoder.oneofString(2) { fileType = .logFileName($0) }
    try decoder.string(3, &description)
    try decoder.enumeration(4, &type)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.message(1, "output_file_desc", outputFileDesc, oneof: "file_type")
    visitor.optionalString(2, "log_file_name", logFileName, oneof: "file_type")
    visitor.string(3, "description", description)
    visitor.enumeration(4, "type", type)
  }
}

extension FileUploadError {
  /// A kind of failure.
  public struct ErrorType: OpenEnum {
    /// The full protobuf name.
    public static let fullName = "yandex.cloud.datasphere.v2.jobs.FileUploadError.ErrorType"
    /// The declared values by their protobuf names.
    public static let names: KeyValuePairs<String, Self> = [
      "ERROR_TYPE_UNSPECIFIED": .unspecified,
      "UPLOAD_FAILED": .uploadFailed,
      "NOT_FOUND": .notFound,
    ]

    /// Not set.
    public static let unspecified = Self(rawValue: 0)
    /// The content could not be written.
    public static let uploadFailed = Self(rawValue: 1)
    /// The job wrote no such file.
    public static let notFound = Self(rawValue: 2)

    /// The number on the wire.
    public var rawValue: Int32

    /// Creates the value with this number, declared or not.
    public init(rawValue: Int32) { self.rawValue = rawValue }
  }
}

extension FileUploadError {
  /// A file of a job that failed.
  public enum FileType: Sendable, Hashable {
    /// The output file that failed.
    case outputFileDesc(FileDesc)
    /// The name of the log file that failed.
    case logFileName(String)
  }

  /// The member `outputFileDesc` of ``fileType``; setting nil clears no other member.
  public var outputFileDesc: FileDesc? {
    get { if case .outputFileDesc(let value) = fileType { value } else { nil } }
    set {
      if let newValue {
        fileType = .outputFileDesc(newValue)
      } else if case .outputFileDesc = fileType {
        fileType = nil
      }
    }
  }

  /// The member `logFileName` of ``fileType``; setting nil clears no other member.
  public var logFileName: String? {
    get { if case .logFileName(let value) = fileType { value } else { nil } }
    set {
      if let newValue {
        fileType = .logFileName(newValue)
      } else if case .logFileName = fileType {
        fileType = nil
      }
    }
  }
}
