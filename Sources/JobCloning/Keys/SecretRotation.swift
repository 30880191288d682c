internal import JobMessages

/// Seals the passwords of all jobs of a store again, under the current key of its ring.
///
/// It reads jobs page by page in the order of their ids and changes those whose password is sealed
/// under another key, each in a transaction of its own. It may be broken off at any time and run
/// again: what is done stays done, and is not done twice. Jobs that are made meanwhile by a process
/// with an older ring are found by the next run. Safe to use from any task.
public struct SecretRotation: Sendable {
  /// How far a run is.
  public struct Progress: Sendable, Hashable {
    /// How many jobs were looked at.
    public var jobs = 0
    /// How many passwords were sealed again.
    public var resealed = 0
    /// Jobs whose password does not open with any key of the ring; they are left as they are.
    public var unreadable: [String] = []
    /// The last job that was looked at: where another run may go on.
    public var lastJobID: String?

    /// A run that begins after this job, or with the first.
    public init(after id: String? = nil) { lastJobID = id }
  }

  private let store: any JobStore
  private let pageSize: Int

  /// How often a job is read again because somebody changed it meanwhile, before that is an error.
  private static let attempts = 100

  /// A rotation of what a store keeps, which reads so many jobs at once.
  public init(store: any JobStore, pageSize: Int = 100) {
    self.store = store
    self.pageSize = max(1, pageSize)
  }

  /// Seals again what is sealed under a key that is not current.
  ///
  /// - Parameters:
  ///   - id: jobs up to this one are left out; nil begins with the first.
  ///   - report: is called after each page.
  /// - Returns: what was done in all.
  /// - Throws: the store's error; what was done before it stays done.
  public func run(
    after id: String? = nil, report: (Progress) async -> Void = { _ in }
  ) async throws(StoreError) -> Progress {
    var progress = Progress(after: id)
    while true {
      let page = try await store.jobs(due: .all, after: progress.lastJobID, limit: pageSize)
      guard let last = page.last else { return progress }
      for stored in page {
        progress.jobs += 1
        switch try await reseal(stored) {
        case .resealed: progress.resealed += 1
        case .unreadable: progress.unreadable.append(stored.job.id)
        case .unchanged: break
        }
      }
      progress.lastJobID = last.job.id
      await report(progress)
    }
  }

  /// The numbers of the keys that some password is sealed under, whether the ring has them or not.
  public func keysInUse() async throws(StoreError) -> Set<UInt32> {
    var keys: Set<UInt32> = []
    var id: String?
    while true {
      let page = try await store.jobs(due: .all, after: id, limit: pageSize)
      guard let last = page.last else { return keys }
      keys.formUnion(page.compactMap { Self.sealed($0.job).flatMap(SecretSealer.keyID) })
      id = last.job.id
    }
  }

  /// Keys of earlier, and what became of them.
  public struct Removal: Sendable, Hashable {
    /// Those that are removed.
    public var removed: Set<UInt32> = []
    /// Those that stay because a password is sealed under them.
    public var used: Set<UInt32> = []
    /// Those that stay because they were current not long ago.
    public var recent: Set<UInt32> = []

    /// Nothing was removed, and nothing was there to be.
    public init() {}
  }

  /// For how many seconds a key is kept that is not current any more: what it signed lives as long.
  public static let keptFor: Int64 = 86_400

  /// Removes those keys of earlier from the key file that no password is sealed under, and that were
  /// not current for a day.
  ///
  /// Every process that uses the store must have read the file since its current key became that,
  /// best because none runs: one that still seals under an earlier key would lose what it seals.
  ///
  /// - Parameters:
  ///   - path: the key file.
  ///   - clock: says which keys were current for the last time long enough ago.
  public func removeUnusedKeys(
    fromFile path: String, clock: any WallClock = SystemClock()
  ) async throws(StoreError) -> Removal {
    let inUse = try await keysInUse()
    guard let file = try KeyRing.load(file: path) else {
      throw StoreError(.misconfigured, "key file \(path): is not there")
    }
    let now = clock.now().seconds
    var removal = Removal()
    for key in file.previous {
      let (age, overflow) = now.subtractingReportingOverflow(key.retiredAt ?? now)
      if inUse.contains(key.id) {
        removal.used.insert(key.id)
      } else if age < Self.keptFor || overflow {
        removal.recent.insert(key.id)
      } else {
        removal.removed.insert(key.id)
      }
    }
    if !removal.removed.isEmpty { _ = try KeyRing.removeKeys(removal.removed, fromFile: path) }
    return removal
  }

  private enum Outcome {
    case unchanged, resealed, unreadable
  }

  private func reseal(_ first: StoredJob) async throws(StoreError) -> Outcome {
    var stored = first
    for _ in 0..<Self.attempts {
      let job: Job?
      do throws(StoreError) {
        job = try resealed(stored.job)
      } catch {
        return .unreadable
      }
      guard let job else { return .unchanged }
      if case .changed = try await store.change(JobChange(of: stored, to: job)) {
        return .resealed
      }
      guard let current = try await store.storedJob(id: stored.job.id) else { return .unchanged }
      stored = current
    }
    throw StoreError(.unavailable, "job \(stored.job.id) is changed all the time")
  }

  /// The job with its password under the current key; nil when it has none or needs no change.
  private func resealed(_ job: Job) throws(StoreError) -> Job? {
    guard let sealed = Self.sealed(job), SecretSealer.keyID(of: sealed) != store.keys.current.id,
      case .spec(var spec) = job.jobParameters?.env?.dockerImage
    else { return nil }
    let sealer = SecretSealer(keys: store.keys)
    let context = SecretSealer.Context(spec, projectID: job.projectID)
    let password = try sealer.open(sealed, in: context)
    spec.password = .plainText(try sealer.seal(password, in: context))
    var job = job
    job.jobParameters?.env?.dockerImage = .spec(spec)
    return job
  }

  /// The job's password as it is stored, if it has one.
  private static func sealed(_ job: Job) -> String? {
    guard case .spec(let spec) = job.jobParameters?.env?.dockerImage,
      case .plainText(let sealed) = spec.password
    else { return nil }
    return sealed
  }
}
