public import ProtobufWire

/// The stage of its life that a job is in.
public struct JobStatus: OpenEnum {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.JobStatus"
  /// The declared values by their protobuf names.
  public static let names: KeyValuePairs<String, Self> = [
    "JOB_STATUS_UNSPECIFIED": .unspecified,
    "CREATING": .creating,
    "EXECUTING": .executing,
    "UPLOADING_OUTPUT": .uploadingOutput,
    "SUCCESS": .success,
    "ERROR": .error,
    "CANCELLED": .cancelled,
    "CANCELLING": .cancelling,
    "PREPARING": .preparing,
  ]

  /// Not set.
  public static let unspecified = Self(rawValue: 0)
  /// Its record is made, its contents may still be missing.
  public static let creating = Self(rawValue: 1)
  /// The command runs.
  public static let executing = Self(rawValue: 2)
  /// The command has ended, its files are being stored.
  public static let uploadingOutput = Self(rawValue: 3)
  /// It is over and went well.
  public static let success = Self(rawValue: 4)
  /// It is over and failed.
  public static let error = Self(rawValue: 5)
  /// It is over, stopped on request.
  public static let cancelled = Self(rawValue: 6)
  /// It is being stopped on request.
  public static let cancelling = Self(rawValue: 7)
  /// A machine and the environment are being prepared.
  public static let preparing = Self(rawValue: 8)

  /// The number on the wire.
  public var rawValue: Int32

  /// Creates the value with this number, declared or not.
  public init(rawValue: Int32) { self.rawValue = rawValue }
}
