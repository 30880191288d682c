/// Turns what an authorizer says into answers that give nothing away (clone-semantics §4).
struct AccessGate: Sendable {
  let authorizer: any Authorizer

  /// Whether the principal may create jobs in the project.
  func mayCreate(
    in projectID: String, as principal: Principal
  ) async throws(JobError) -> Bool {
    try await storing { [authorizer] () async throws(StoreError) in
      try await authorizer.mayCreate(projectID: projectID, as: principal)
    }
  }

  /// Answers that the thing does not exist, unless the principal may read the project.
  func requireReading(
    of projectID: String, as principal: Principal, orMissing kind: ResourceKind, _ id: String
  ) async throws(JobError) {
    let mayRead = try await storing { [authorizer] () async throws(StoreError) in
      try await authorizer.mayRead(projectID: projectID, as: principal)
    }
    if !mayRead { throw .notFound(kind, id) }
  }

  /// Answers that the thing does not exist, unless the principal may read the project, and that it
  /// has no permission, unless it may create jobs there as well.
  func requireCreating(
    in projectID: String, as principal: Principal, orMissing kind: ResourceKind, _ id: String
  ) async throws(JobError) {
    try await requireReading(of: projectID, as: principal, orMissing: kind, id)
    guard try await mayCreate(in: projectID, as: principal) else {
      throw .permissionDenied(projectID: projectID)
    }
  }
}
