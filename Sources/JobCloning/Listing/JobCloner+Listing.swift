public import JobMessages
internal import ProtobufWire

extension JobCloner {
  /// How many things a page has when the request does not say, and at the most.
  private static let pageSizes = (standard: 100, greatest: 1_000)

  /// A page of a project's jobs, newest first, without their secrets.
  ///
  /// It ends before the largest reply (``JobLimits/replySize``), with at least one job and a token
  /// for the rest. A job that was stored under other limits and does not fit alone comes without
  /// its parameters and its config.
  public func list(
    _ request: ListProjectJobRequest, for principal: Principal
  ) async throws(JobError) -> ListProjectJobResponse {
    let tokens = PageTokens(keys: store.keys)
    let query = try query(for: request, tokens)
    try await gate.requireReading(
      of: request.projectID, as: principal, orMissing: .project, request.projectID)
    let page = try await storing { [store, query] () async throws(StoreError) in
      try await store.page(matching: query)
    }
    var nextPageToken = ""
    if page.hasMore, let last = page.jobs.last {
      nextPageToken = tokens.token(
        after: .init(createdAt: last.createdAt ?? ProtobufTimestamp(), id: last.id),
        projectID: request.projectID, filter: request.filter)
    }
    return .with {
      $0.jobs = page.jobs.map { $0.redacted() }
      $0.nextPageToken = nextPageToken
    }
  }

  /// How many things a page of the requested size has; 0 leaves it open.
  static func pageSize(_ requested: Int64, _ violations: inout Violations) -> Int {
    guard (0...Int64(pageSizes.greatest)).contains(requested) else {
      violations.add("page_size", "\(requested) is outside 0…\(pageSizes.greatest)")
      return pageSizes.standard
    }
    return requested == 0 ? pageSizes.standard : Int(requested)
  }

  private func query(
    for request: ListProjectJobRequest, _ tokens: PageTokens
  ) throws(JobError) -> JobQuery {
    var violations = Violations()
    RequestChecks.id(request.projectID, "project_id", &violations)
    let size = Self.pageSize(request.pageSize, &violations)
    var query = JobQuery(projectID: request.projectID, limit: size)
    query.byteLimit = policy.limits.pageSize
    do throws(JobFilter.Fault) {
      let filter = try JobFilter(request.filter)
      query.names = filter.names
      query.statuses = filter.statuses
      query.createdByIDs = filter.createdByIDs
      query.parentJobIDs = filter.parentJobIDs
    } catch {
      violations.add("filter", error.description)
    }
    if !request.pageToken.isEmpty {
      query.after = tokens.cursor(
        in: request.pageToken, projectID: request.projectID, filter: request.filter)
      if query.after == nil {
        violations.add("page_token", "was not made by this server for this project and filter")
      }
    }
    try violations.throwIfAny()
    return query
  }
}
