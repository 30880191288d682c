public import JobMessages

/// A page of a project's jobs.
public struct JobPage: Sendable, Hashable {
  /// The jobs, newest first.
  public var jobs: [Job]
  /// Whether the query finds more jobs after the last of these.
  public var hasMore: Bool

  /// A page of jobs.
  public init(jobs: [Job], hasMore: Bool) {
    self.jobs = jobs
    self.hasMore = hasMore
  }
}

extension JobStore {
  /// The jobs of a page.
  public func jobs(matching query: JobQuery) async throws(StoreError) -> [Job] {
    try await page(matching: query).jobs
  }
}
