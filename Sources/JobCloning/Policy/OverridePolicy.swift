/// What may be overridden and how much of everything a job may have (clone-semantics §1, §4).
public struct OverridePolicy: Sendable, Hashable {
  /// How `env.vars` of an override meets the source's.
  public enum EnvironmentVariables: String, Sendable, Hashable, CaseIterable {
    /// A variable replaces the source's of that name; the others stay.
    case mergeByName
    /// Variables, if there are any, replace all of the source's.
    case replaceAll
  }

  /// The parameters that a clone may override; another one in a request is refused.
  ///
  /// Create is not limited by it: it overrides nothing.
  public var allowed: OverridableParameters
  /// How `env.vars` of an override meets the source's.
  public var environmentVariables: EnvironmentVariables
  /// Whether a job's name must be unique among the live jobs of its project.
  public var uniqueNames: Bool
  /// How much of everything a job may have.
  public var limits: JobLimits
  /// How many seconds a job's data is kept when the request does not say.
  public var defaultDataTTL: Int64
  /// The three characters that the ids of jobs and operations begin with.
  public var idPrefix: String
  /// How many seconds an upload URL is good for.
  public var uploadURLLifetime: Int64
  /// How many seconds an idempotency key is remembered.
  public var idempotencyRetention: Int64
  /// How long Create and Clone wait for the object storage to say what is stored.
  ///
  /// Then they answer with an operation that is not done and is completed in the background
  /// (clone-semantics §3).
  public var planningTime: Duration
  /// After how many seconds such an operation fails when the object storage still does not answer.
  public var planningDeadline: Int64
  /// How long a job may take to stop gracefully when its graceful shutdown parameters do not say.
  public var gracefulShutdownTimeout: Duration
  /// For how many seconds a process that works on an operation is believed to be alive.
  ///
  /// It says so anew all the while; when it crashes, others take over after this time.
  public var operationLease: Int64

  /// A policy; the defaults are those of clone-semantics.
  public init(
    allowed: OverridableParameters = .all,
    environmentVariables: EnvironmentVariables = .mergeByName,
    uniqueNames: Bool = false,
    limits: JobLimits = JobLimits(),
    defaultDataTTL: Int64 = 14 * 86_400,
    idPrefix: String = "bt1",
    uploadURLLifetime: Int64 = 86_400,
    idempotencyRetention: Int64 = 86_400,
    planningTime: Duration = .seconds(2),
    planningDeadline: Int64 = 3_600,
    gracefulShutdownTimeout: Duration = .seconds(30),
    operationLease: Int64 = 30
  ) {
    self.allowed = allowed
    self.environmentVariables = environmentVariables
    self.uniqueNames = uniqueNames
    self.limits = limits
    self.defaultDataTTL = defaultDataTTL
    self.idPrefix = idPrefix
    self.uploadURLLifetime = uploadURLLifetime
    self.idempotencyRetention = idempotencyRetention
    self.planningTime = planningTime
    self.planningDeadline = planningDeadline
    self.gracefulShutdownTimeout = gracefulShutdownTimeout
    self.operationLease = operationLease
  }

  /// The defaults, with only those overrides that the official client sends.
  public static let officialClient = OverridePolicy(allowed: .officialClient)
}
