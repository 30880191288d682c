internal import JobMessages

/// What a new job is to be made of; Create and Clone become one here.
struct NewJobRequest {
  /// Which method was called.
  let method: JobMethod
  /// The job to clone; none for a Create, and for a Clone whose source has no possible id.
  let source: Job?
  let projectID: String
  let config: String
  /// The request's parameters, merged over the source's or over nothing.
  let parameters: JobParameters
  let name: String
  let desc: String
  let dataTTL: ProtobufDuration?

  /// What a Clone asks for, given its source.
  init(_ request: CloneProjectJobRequest, source: Job?) {
    method = .clone
    self.source = source
    projectID = source?.projectID ?? ""
    config = source?.config ?? ""
    parameters = request.jobParametersOverrides ?? JobParameters()
    name = request.name
    desc = request.desc
    dataTTL = request.dataTtl
  }

  /// What a Create asks for.
  init(_ request: CreateProjectJobRequest) {
    method = .create
    source = nil
    projectID = request.projectID
    config = request.config
    parameters = request.jobParameters ?? JobParameters()
    name = request.name
    desc = request.desc
    dataTTL = request.dataTtl
  }

  /// The parameters with what they are merged over, ready to be checked.
  func input(policy: OverridePolicy) -> CheckInput {
    let basis: CheckInput.Basis =
      switch (method, source) {
      case (.create, _): .nothing
      case (.clone, let source?): .source(source.jobParameters ?? JobParameters())
      case (.clone, nil): .unknown
      }
    return CheckInput(parameters, basis: basis, root: method.parametersField, policy: policy)
  }

  /// What the operation says it does; an id has at most 50 characters, so this is short.
  var summary: String {
    switch method {
    case .create: "Create job in project \(projectID)"
    case .clone: "Clone job \(source?.id ?? "")"
    }
  }
}
