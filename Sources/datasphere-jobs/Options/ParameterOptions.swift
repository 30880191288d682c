internal import ArgumentParser
internal import JobClient
internal import JobMessages
internal import ProtobufWire

/// The parameters of a job that `create` sets and `clone` overrides.
struct ParameterOptions: ParsableArguments {
  @Option(
    name: .customLong("arg"), help: "An argument of the command, NAME=VALUE; may be repeated.",
    transform: { try NamedValue($0) })
  var arguments: [NamedValue] = []

  @Option(
    name: .customLong("env-var"), help: "An environment variable, NAME=VALUE; may be repeated.",
    transform: { try NamedValue($0) })
  var environmentVariables: [NamedValue] = []

  @Option(help: "A name for the job.")
  var name = ""

  @Option(help: "A description of the job.")
  var desc = ""

  @Option(help: "URL of the Docker image that the job runs in.")
  var dockerImageURL: String?

  @Option(help: "Id of the Docker image that the job runs in, as in system-python-3-10.")
  var dockerImageID: String?

  @Option(help: "A cloud instance type that may run the job, as in c1.4; may be repeated.")
  var cloudInstanceType: [String] = []

  @Option(help: "Gigabytes of extended working storage, 100 to 10240.")
  var workingStorageSize: Int64?

  @Option(help: "Days until the job's data expires. (default: the server's, 14)")
  var dataTtlDays: Int64?

  func validate() throws {
    if dockerImageURL != nil, dockerImageID != nil {
      throw ValidationError("--docker-image-url and --docker-image-id exclude each other.")
    }
    if let days = dataTtlDays, !(1...3_000_000).contains(days) {
      throw ValidationError("--data-ttl-days must be between 1 and 3000000.")
    }
  }

  /// Sets what is given; lists and variables are added to what is there.
  func apply(to job: inout JobParameters) {
    job.arguments += arguments.map { Argument(name: $0.name, value: $0.value) }
    job.cloudInstanceTypes += cloudInstanceType.map { CloudInstanceType(name: $0) }
    if let workingStorageSize {
      job.extendedWorkingStorage = ExtendedWorkingStorage(type: .ssd, sizeGb: workingStorageSize)
    }
    guard !environmentVariables.isEmpty || dockerImageURL != nil || dockerImageID != nil else {
      return
    }
    var environment = job.env ?? Environment()
    for variable in environmentVariables { environment.vars[variable.name] = variable.value }
    if let dockerImageURL {
      environment.dockerImage = .spec(.with { $0.imageURL = dockerImageURL })
    }
    if let dockerImageID { environment.dockerImage = .resourceID(dockerImageID) }
    job.env = environment
  }

  /// Sets what is given of a request's fields beside the parameters.
  func apply(name: inout String, desc: inout String, dataTtl: inout ProtobufDuration?) {
    if !self.name.isEmpty { name = self.name }
    if !self.desc.isEmpty { desc = self.desc }
    if let days = dataTtlDays { dataTtl = ProtobufDuration(seconds: days * 86_400) }
  }
}
