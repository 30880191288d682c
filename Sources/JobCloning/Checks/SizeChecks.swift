internal import JobMessages
internal import ProtobufWire

/// The checks that everything which is stored can be read in one reply: a row of clone-semantics §4.
enum SizeChecks {
  /// Notes a `config` over its limit, and a job that would not fit into a reply.
  ///
  /// A `config` counts by itself only where the request brings it. The whole job counts always: a
  /// clone of a job that was stored under other limits might never be read.
  static func check(
    _ request: NewJobRequest, _ input: CheckInput, into violations: inout Violations
  ) {
    let limits = input.policy.limits
    let config = request.config.utf8.count
    if input.isCreate, config > limits.configSize {
      violations.add("config", "\(config) bytes are over the limit of \(limits.configSize)")
      return
    }
    let size =
      limits.size(of: input.merged, config: request.config) + sealingSize(of: input.overrides)
    guard size > limits.jobSize else { return }
    violations.add(
      input.root,
      "the job takes \(size) bytes with the URLs of its files and what its execution adds, over "
        + "the limit of \(limits.jobSize)")
  }

  /// Refuses to run a job that was stored under other limits: the reply could not show it.
  static func requireReadable(_ job: Job, _ limits: JobLimits) throws(JobError) {
    let size = limits.size(of: job)
    guard size > limits.jobSize else { return }
    throw .failedPrecondition([
      .init(
        type: "JOB_TOO_LARGE", subject: job.id,
        description: "the job takes \(size) bytes, over the limit of \(limits.jobSize)")
    ])
  }

  /// Bytes by which a password that the request brings grows when it is sealed, at the most.
  private static func sealingSize(of overrides: JobParameters) -> Int {
    guard case .spec(let spec) = overrides.env?.dockerImage,
      case .plainText(let password) = spec.password
    else { return 0 }
    return password.utf8.count + 128
  }
}
