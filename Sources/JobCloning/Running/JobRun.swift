public import JobMessages
internal import ProtobufWire

/// A job that is to be run, with what it needs.
public struct JobRun: Sendable {
  /// The job; the password of its image is left out, see ``registryPassword()``.
  public let job: Job
  /// Whether the job was being run before, by a process that crashed or shut down.
  public let isResumed: Bool

  private let stored: Job
  private let keys: KeyRing
  private let downloads: DownloadURLs
  private let clock: any WallClock

  init(
    _ stored: Job, isResumed: Bool, keys: KeyRing, downloads: DownloadURLs, clock: any WallClock
  ) {
    job = stored.redacted()
    self.stored = stored
    self.isResumed = isResumed
    self.keys = keys
    self.downloads = downloads
    self.clock = clock
  }

  /// The input files and local modules, each with a URL that answers HTTP GET for some hours.
  public func inputs() throws(JobError) -> [StorageFile] {
    try downloads.sign(
      stored.suppliedFiles.map { file in .with { $0.file = file } }, in: stored.projectID,
      at: clock.now())
  }

  /// The password that fetches the job's image, in plain text; nil when the image has none here.
  ///
  /// Whoever calls this keeps it out of logs.
  public func registryPassword() throws(StoreError) -> String? {
    guard case .spec(let spec) = stored.jobParameters?.env?.dockerImage,
      case .plainText(let sealed) = spec.password
    else { return nil }
    return try SecretSealer(keys: keys).open(sealed, in: .init(spec, projectID: stored.projectID))
  }
}
