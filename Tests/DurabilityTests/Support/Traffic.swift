import CoreGRPC
import JobClient

/// Clients that make jobs, clone them and upload, all at once, and write down what they are told.
struct Traffic: Sendable {
  /// Something that was asked for and not done.
  enum Refusal: Sendable {
    case call(RPCError)
    /// The status of the answer, or nil when there was none.
    case upload(Int?)
  }

  let client: ProjectJobClient
  let ledger: Ledger
  /// Whether a client goes on after this refusal; throws at one that must not be.
  let goesOn: @Sendable (Refusal) async throws -> Bool

  /// Runs so many clients until each has met a refusal after which it does not go on.
  func run(clients: Int) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<clients { group.addTask { while try await step() {} } }
      try await group.waitForAll()
    }
  }

  private func step() async throws -> Bool {
    switch await ledger.nextStep() {
    case .call(let call):
      return try await answered(call) { await ledger.answered($0) }
    case .again(let job):
      return try await answered(job.call) { again in
        guard again.operation == job.operation else {
          throw Discrepancy("repeated \(job.call.key): \(again.operation), not \(job.operation)")
        }
      }
    case .upload(let content, let project, let url):
      let status = try await put(content.bytes, to: url)
      guard status == 200 else { return try await goesOn(.upload(status)) }
      await ledger.stored(content, project: project)
      return true
    }
  }

  private func answered(
    _ call: KeyedCall, _ use: (MadeJob) async throws -> Void
  ) async throws -> Bool {
    do {
      try await use(try await call.perform(client))
      return true
    } catch let error as RPCError {
      return try await goesOn(.call(error))
    }
  }
}
