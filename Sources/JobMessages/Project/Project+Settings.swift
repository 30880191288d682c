public import ProtobufWire

extension Project {
  /// How a project is set up.
  public struct Settings: Message {
    /// The full protobuf name.
    public static let fullName = "yandex.cloud.datasphere.v2.Project.Settings"

    /// The id of the service account that jobs act as.
    public var serviceAccountID = ""
    /// The id of the subnet that jobs run in.
    public var subnetID = ""
    /// The id of the Data Proc cluster.
    public var dataProcClusterID = ""
    /// The ids of the security groups of jobs.
    public var securityGroupIds: [String] = []
    /// Whether features under test are on.
    public var earlyAccess = false
    /// The development environment.
    public var ide = Ide(rawValue: 0)
    /// The id of the folder for new resources.
    public var defaultFolderID = ""
    /// How long an idle execution lives.
    public var staleExecTimeoutMode = StaleExecutionTimeoutMode(rawValue: 0)
    /// How long an idle machine is kept.
    public var vmInactivityTimeout: ProtobufDuration?
    /// The machine type for new notebooks.
    public var defaultDedicatedSpec = ""

    /// The fields that this type does not know, kept as they came.
    public var unknownFields = UnknownFields()

    /// Creates the message with no field set.
    public init() {}

    /// Reads the fields, as `Message` lays down.
    public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
      try decoder.string(1, &serviceAccountID)
      try decoder.string(2, &subnetID)
      try decoder.string(3, &dataProcClusterID)
      try decoder.repeatedString(5, &securityGroupIds)
      try decoder.bool(6, &earlyAccess)
      try decoder.enumeration(7, &ide)
      try decoder.string(8, &defaultFolderID)
      try decoder.enumeration(9, &staleExecTimeoutMode)
      try decoder.message(11, &vmInactivityTimeout)
      try decoder.string(12, &defaultDedicatedSpec)
    }

    /// Shows the fields, as `Message` lays down.
    @inlinable
    public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
      visitor.string(1, "service_account_id", serviceAccountID)
      visitor.string(2, "subnet_id", subnetID)
      visitor.string(3, "data_proc_cluster_id", dataProcClusterID)
      visitor.repeatedString(5, "security_group_ids", securityGroupIds)
      visitor.bool(6, "early_access", earlyAccess)
      visitor.enumeration(7, "ide", ide)
      visitor.string(8, "default_folder_id", defaultFolderID)
      visitor.enumeration(9, "stale_exec_timeout_mode", staleExecTimeoutMode)
      visitor.message(11, "vm_inactivity_timeout", vmInactivityTimeout)
      visitor.string(12, "default_dedicated_spec", defaultDedicatedSpec)
    }
  }
}

extension Project.Settings {
  /// A development environment.
  public struct Ide: OpenEnum {
    /// The full protobuf name.
    public static let fullName = "yandex.cloud.datasphere.v2.Project.Settings.Ide"
    /// The declared values by their protobuf names.
    public static let names: KeyValuePairs<String, Self> = [
      "IDE_UNSPECIFIED": .unspecified,
      "JUPYTER_LAB": .jupyterLab,
    ]

    /// Not set.
    public static let unspecified = Self(rawValue: 0)
    /// JupyterLab.
    public static let jupyterLab = Self(rawValue: 1)

    /// The number on the wire.
    public var rawValue: Int32

    /// Creates the value with this number, declared or not.
    public init(rawValue: Int32) { self.rawValue = rawValue }
  }
}

extension Project.Settings {
  /// How long an idle execution lives.
  public struct StaleExecutionTimeoutMode: OpenEnum {
    /// The full protobuf name.
    public static let fullName =
      "yandex.cloud.datasphere.v2.Project.Settings.StaleExecutionTimeoutMode"
    /// The declared values by their protobuf names.
    public static let names: KeyValuePairs<String, Self> = [
      "STALE_EXECUTION_TIMEOUT_MODE_UNSPECIFIED": .unspecified,
      "ONE_HOUR": .oneHour,
      "THREE_HOURS": .threeHours,
      "NO_TIMEOUT": .noTimeout,
    ]

    /// Not set.
    public static let unspecified = Self(rawValue: 0)
    /// One hour.
    public static let oneHour = Self(rawValue: 1)
    /// Three hours.
    public static let threeHours = Self(rawValue: 2)
    /// For ever.
    public static let noTimeout = Self(rawValue: 3)

    /// The number on the wire.
    public var rawValue: Int32

    /// Creates the value with this number, declared or not.
    public init(rawValue: Int32) { self.rawValue = rawValue }
  }
}
