internal import JobMessages
public import ProtobufWire

/// The message types that an `Any` may hold: all that there are.
public enum MessageRegistry {
  /// Every message type of `JobMessages`.
  public static let all: [any Message.Type] =
    jobs + others + reflection(ReflectionV1.self) + reflection(ReflectionV1Alpha.self)

  /// Finds a type by its full protobuf name, such as `google.rpc.BadRequest`.
  public static func type(named fullName: String) -> (any Message.Type)? { byName[fullName] }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.fullName, $0) })

  private static let jobs: [any Message.Type] = [
    JobParameters.self, CloudInstanceType.self, ExtendedWorkingStorage.self, Argument.self,
    File.self, StorageFile.self, FileDesc.self, FileUploadError.self, Environment.self,
    DockerImageSpec.self, PythonEnv.self, PipOptions.self, OutputDatasetDesc.self,
    OutputDataset.self, Job.self, JobResult.self, GracefulShutdownParameters.self,
    JobMetadata.self, JobProgress.self, SparkParameters.self, CreateProjectJobRequest.self,
    CreateProjectJobMetadata.self, CreateProjectJobResponse.self, CloneProjectJobRequest.self,
    CloneProjectJobResponse.self, CloneProjectJobMetadata.self, ExecuteProjectJobRequest.self,
    ExecuteProjectJobResponse.self, ExecuteProjectJobMetadata.self, CancelProjectJobRequest.self,
    ReadProjectJobStdLogsRequest.self, ReadProjectJobStdLogsResponse.self,
    ReadProjectJobLogsRequest.self, ReadProjectJobLogsResponse.self,
    DownloadProjectJobFilesRequest.self, DownloadProjectJobFilesResponse.self,
    ListProjectJobRequest.self, ListProjectJobResponse.self, GetProjectJobRequest.self,
    DeleteProjectJobRequest.self, DeleteProjectJobMetadata.self, DeleteProjectJobDataRequest.self,
    DeleteProjectJobDataMetadata.self, DeleteProjectJobDataResponse.self,
    DeleteAllProjectJobDataRequest.self, DeleteAllProjectJobDataMetadata.self,
    DeleteAllProjectJobDataResponse.self, SetProjectJobDataTtlRequest.self,
    SetProjectJobDataTtlResponse.self, StdLog.self, LogMessage.self,
  ]

  private static let others: [any Message.Type] = [
    LongRunningOperation.self, GetOperationRequest.self, CancelOperationRequest.self,
    ApiEndpoint.self, GetApiEndpointRequest.self, ListApiEndpointsRequest.self,
    ListApiEndpointsResponse.self, Project.self, Project.Settings.self, Project.Limits.self,
    GetProjectRequest.self, HealthCheckRequest.self, HealthCheckResponse.self,
    GoogleRPCStatus.self, ErrorInfo.self, RetryInfo.self, DebugInfo.self, QuotaFailure.self,
    QuotaFailure.Violation.self, PreconditionFailure.self, PreconditionFailure.Violation.self,
    BadRequest.self, BadRequest.FieldViolation.self, RequestInfo.self, ResourceInfo.self,
    LocalizedMessage.self, ProtobufInt64Value.self, ProtobufDuration.self, ProtobufTimestamp.self,
    ProtobufAny.self, ProtobufEmpty.self,
  ]

  private static func reflection<P: ReflectionPackage>(_: P.Type) -> [any Message.Type] {
    [
      ServerReflectionRequest<P>.self, ServerReflectionResponse<P>.self,
      ExtensionRequest<P>.self, FileDescriptorResponse<P>.self, ExtensionNumberResponse<P>.self,
      ListServiceResponse<P>.self, ServiceResponse<P>.self, ErrorResponse<P>.self,
    ]
  }
}
