internal import Safeguards

extension JobLimits {
  /// As many entries as no request has room for.
  private static let entries = 0...1_000_000
  private static let sizes: ClosedRange<Int64> = 0...1 << 60

  /// What each limit may be.
  static let ranges: [ConfigurationRange<Self>] = [
    .init("limits.nameLength", \.nameLength, entries),
    .init("limits.descriptionLength", \.descriptionLength, entries),
    .init("limits.inputFiles", \.inputFiles, entries),
    .init("limits.outputFiles", \.outputFiles, entries),
    .init("limits.s3Mounts", \.s3Mounts, entries),
    .init("limits.datasets", \.datasets, entries),
    .init("limits.fileSize", \.fileSize, sizes),
    .init("limits.totalFileSize", \.totalFileSize, sizes),
    .init("limits.configSize", \.configSize, 0...1 << 30),
    .init("limits.replySize", \.replySize, 128 << 10...1 << 30),
    .init("limits.urlSize", \.urlSize, 1...1 << 20),
    .init("limits.workingStorageGB", \.leastWorkingStorage, 0...1 << 32),
    .init("limits.workingStorageGB", \.mostWorkingStorage, 0...1 << 32),
  ]

  /// The ends of ``workingStorageGB``; setting one beyond the other moves that.
  private var leastWorkingStorage: Int64 {
    get { workingStorageGB.lowerBound }
    set { workingStorageGB = newValue...max(newValue, workingStorageGB.upperBound) }
  }

  private var mostWorkingStorage: Int64 {
    get { workingStorageGB.upperBound }
    set { workingStorageGB = min(newValue, workingStorageGB.lowerBound)...newValue }
  }
}

extension OverridePolicy {
  /// Some thousand years: beyond them times are not to be computed with.
  private static let lifetimes: ClosedRange<Int64> = 1...100_000_000_000

  /// What each number and each time may be, but for those of ``limits``.
  static let ranges: [ConfigurationRange<Self>] = [
    .init("defaultDataTTL", \.defaultDataTTL, lifetimes),
    .init("uploadURLLifetime", \.uploadURLLifetime, lifetimes),
    .init("idempotencyRetention", \.idempotencyRetention, lifetimes),
    .init("planningTime", \.planningTime, .milliseconds(1) ... .seconds(86_400)),
    .init("planningDeadline", \.planningDeadline, lifetimes),
    .init(
      "gracefulShutdownTimeout", \.gracefulShutdownTimeout,
      .milliseconds(1) ... .seconds(30 * 86_400)),
    .init("operationLease", \.operationLease, 1...86_400),
  ]

  /// Checks that every value can work; ``BackgroundOperations`` and ``Housekeeper`` do so before they
  /// begin.
  ///
  /// - Throws: `StoreError` with `.misconfigured` and the range of the first value that is out of it.
  public func validate() throws(StoreError) {
    try Self.ranges.validate(self)
    try JobLimits.ranges.validate(limits)
    let isPrefix = idPrefix.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0) }
    guard idPrefix.utf8.count == 3, isPrefix else {
      throw StoreError(
        .misconfigured,
        "idPrefix is \(quoted(idPrefix)); it must be three of a-z and 0-9.")
    }
  }
}

extension Housekeeper.Rules {
  private static let seconds: ClosedRange<Int64> = 0...100_000_000_000

  /// What each number and each time may be.
  static let ranges: [ConfigurationRange<Self>] = [
    .init("interval", \.interval, .milliseconds(1) ... .seconds(30 * 86_400)),
    .init("uploadGrace", \.uploadGrace, seconds),
    .init("orphanMargin", \.orphanMargin, seconds),
    .init("unfinishedUploadAge", \.unfinishedUploadAge, seconds),
    .init("operationRetention", \.operationRetention, seconds),
    .init("pageSize", \.pageSize, 1...10_000),
    .init("pagesPerSweep", \.pagesPerSweep, 1...10_000),
  ]
}

extension BackgroundOperations.Configuration {
  /// What each number and each time may be.
  static let ranges: [ConfigurationRange<Self>] = [
    .init("interval", \.interval, .milliseconds(1) ... .seconds(86_400)),
    .init("maximumOperations", \.maximumOperations, 1...100_000),
    .init("grace", \.grace, .zero ... .seconds(86_400)),
  ]
}
