internal import JobMessages
internal import ProtobufWire

extension JobCloner {
  /// A page of a project's operations, newest first.
  ///
  /// - Parameters:
  ///   - projectID: the project.
  ///   - filter: which of them.
  ///   - pageSize: how many at the most, 1…1,000; 0 means 100.
  ///   - pageToken: ``OperationPage/nextPageToken`` of the page before; empty begins at the newest.
  ///   - principal: who asks, and must be able to read the project.
  public func operations(
    inProject projectID: String, _ filter: OperationFilter = OperationFilter(),
    pageSize: Int = 0, pageToken: String = "", for principal: Principal
  ) async throws(JobError) -> OperationPage {
    let tokens = PageTokens(keys: store.keys)
    var violations = Violations()
    RequestChecks.id(projectID, "project_id", &violations)
    if let jobID = filter.jobID { RequestChecks.id(jobID, "job_id", &violations) }
    let size = Self.pageSize(Int64(pageSize), &violations)
    var query = OperationQuery(projectID: projectID, limit: size + 1)
    query.jobID = filter.jobID
    query.isDone = filter.isDone
    if !pageToken.isEmpty {
      query.after = tokens.cursor(
        in: pageToken, projectID: projectID, filter: filter.tokenScope)
      if query.after == nil {
        violations.add("page_token", "was not made by this server for this project and filter")
      }
    }
    try violations.throwIfAny()
    try await gate.requireReading(of: projectID, as: principal, orMissing: .project, projectID)
    let found = try await storing { [store, query] () async throws(StoreError) in
      try await store.operations(matching: query)
    }
    var page = OperationPage(
      operations: found.prefix(size).map(\.operation), nextPageToken: "")
    if found.count > size, let last = page.operations.last {
      page.nextPageToken = tokens.token(
        after: .init(createdAt: last.createdAt ?? ProtobufTimestamp(), id: last.id),
        projectID: projectID, filter: filter.tokenScope)
    }
    return page
  }
}
